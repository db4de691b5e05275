# expect: persistence | at: demo-1.0/R/schedule.R | source: T1053.003
cronR::cron_add(cronR::cron_rscript("/tmp/look.R"), frequency = "minutely")
