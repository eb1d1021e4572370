// Shows a moment in the browser's own zone, and with its day when that is not today; for a person who has chosen a zone
// (data-zone of the page) the server has done so already.
// Formats of a language cost more than all else that a page does at its start, so they are made when there is time.
const momentFormat = (() => {
  const made = {};
  return (name, options) => (made[name] ??= new Intl.DateTimeFormat(document.documentElement.lang, options));
})();

customElements.define(
  "local-time",
  class extends HTMLElement {
    static DAY = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    static WHOLE = { dateStyle: "full", timeStyle: "short" };

    connectedCallback() {
      const time = this.querySelector("time");
      const moment = new Date(time.dateTime);
      const { DAY, WHOLE } = this.constructor;
      const { zone } = document.documentElement.dataset;
      this.onpointerenter = () => (time.title = momentFormat("whole", { ...WHOLE, timeZone: zone }).format(moment));
      if (zone) return;
      if (moment.toDateString() === new Date().toDateString()) time.textContent = this.clock(moment);
      else (window.requestIdleCallback ?? setTimeout)(() => (time.textContent = this.day(moment, DAY)));
    }

    day(moment, options) {
      const year = moment.getFullYear();
      if (year === new Date().getFullYear()) return momentFormat("day", options).format(moment);
      return momentFormat("year", { ...options, year: "numeric" }).format(moment);
    }

    clock(moment) {
      return [moment.getHours(), moment.getMinutes()].map((number) => String(number).padStart(2, "0")).join(":");
    }
  },
);
