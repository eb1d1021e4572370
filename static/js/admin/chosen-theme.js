// The first tag of these pages is Django's, out of reach of our templates: what the person has chosen is put on it here,
// before anything is drawn. Without scripts the pages follow the system.
const { theme } = document.currentScript.dataset;
if (theme !== "system") document.documentElement.dataset.theme = theme;
