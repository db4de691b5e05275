// expect: known-obfuscator | source: T1027.002
eval(function(p,a,c,k,e,d){while(c--)if(k[c])p=p.replace(new RegExp('\\b'+c.toString(a)+'\\b','g'),k[c]);return p}('0.1(2)',3,3,'console|log|document'.split('|'),0,{}));
