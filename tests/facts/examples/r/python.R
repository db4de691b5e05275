# expect: decoded-code-run | source: T1059.006
reticulate::py_run_string(rawToChar(base64enc::base64decode("cHJpbnQoMSk=")))
