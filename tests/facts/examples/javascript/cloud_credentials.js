// expect: metadata-service | source: T1552.005
const http = require("http");
http.get("http://169.254.169.254/latest/meta-data/iam/security-credentials/", (answer) => {
  answer.on("data", (part) => console.log(part.length));
});
