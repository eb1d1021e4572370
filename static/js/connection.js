// A socket that comes back: with full jitter after an end that is not final, and after a silence that no server keeps.
class Connection {
  static SILENCE = 40_000;
  static CONFIRM_AFTER = 16_384;
  static LONGEST_PAUSE = 15_000;

  constructor(address, { opened, received, ended }) {
    Object.assign(this, { address, opened, received, ended, attempts: 0 });
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    this.close();
    const socket = (this.socket = new WebSocket(this.address));
    this.got = this.confirmed = 0;
    socket.onopen = () => this.opened();
    socket.onmessage = (event) => this.take(event.data);
    socket.onclose = (event) => this.end(event.code);
    this.listen();
  }

  say(value) {
    if (this.isOpen) this.socket.send(JSON.stringify(value));
  }

  // Takes no more part; nothing is reported.
  close() {
    for (const timer of [this.retry, this.silence, this.confirming]) clearTimeout(timer);
    this.confirming = null;
    if (!this.socket) return;
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  take(text) {
    this.attempts = 0;
    this.listen();
    this.got += text.length;
    if (this.got - this.confirmed >= Connection.CONFIRM_AFTER) this.confirm();
    else this.confirming ??= setTimeout(() => this.confirm(), 500);
    this.received(text);
  }

  // The server sends on only while it knows that what it sent has come.
  confirm() {
    clearTimeout(this.confirming);
    this.confirming = null;
    this.confirmed = this.got;
    this.say({ got: this.got });
  }

  // A connection can die without a word; the server's pulse comes every fifteen seconds.
  listen() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.end(1006), Connection.SILENCE);
  }

  end(code) {
    this.close();
    if (this.ended(code)) return;
    const longest = Math.min(Connection.LONGEST_PAUSE, 300 * 2 ** this.attempts++);
    this.retry = setTimeout(() => this.open(), Math.random() * longest);
  }
}
