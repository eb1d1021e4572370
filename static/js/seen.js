// How much of the page is seen above a keyboard. Browsers that do not shrink the page for it (Safari) let it cover what
// stands at the bottom: the composer stands above it all the same.
if (window.visualViewport) {
  // On the composer alone: on the root it would make the browser look at the style of every element again.
  const measure = () => {
    const { height, offsetTop, scale } = visualViewport;
    const composer = document.querySelector(".composer");
    if (scale > 1 || !composer) return;
    composer.style.setProperty("--seen", `${height}px`);
    composer.style.setProperty("--covered", `${Math.max(0, innerHeight - height - offsetTop)}px`);
  };
  visualViewport.addEventListener("resize", measure);
  visualViewport.addEventListener("scroll", measure);
}
