// Shows a moment in the browser's own zone, and as a date when it was on another day.
customElements.define(
  "local-time",
  class extends HTMLElement {
    connectedCallback() {
      const time = this.querySelector("time");
      const moment = new Date(time.dateTime);
      const language = document.documentElement.lang;
      const isToday = moment.toDateString() === new Date().toDateString();
      const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
      time.textContent = moment.toLocaleString(language, isToday ? clock : { month: "short", day: "numeric", ...clock });
      time.title = moment.toLocaleString(language, { dateStyle: "full", timeStyle: "short" });
    }
  },
);
