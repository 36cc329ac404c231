import { familiesOf } from './families.ts';

/**
 * Families that are easy to tell apart, in the order of their names: serif, slab, monospaced, narrow, display and handwriting.
 * A network that has learned these knows what letters are made of, before it comes to those that are much alike.
 */
export const MIXED_FAMILIES = familiesOf(`
alegreya              5.3.0 OFL-1.1 sha512-YCsp9dHYfMNdggXxinMMS0nkGlZkzs2MvPL7qPVjSO4DM1uJ29hmKEdTC/fBP+2K4Aa+4Z44JuOQz05eDcvNJA==
aleo                  5.3.0 OFL-1.1 sha512-HaDP0Ac6pej4H75ljAFFSueE1te66s+sCxuGQtSOcbKRbbPbjvab6n1ZqMv+EC428afijlpMfagO/pes9hk2/w==
antonio               5.3.0 OFL-1.1 sha512-LB0XN3BDXKLWsHaR9qouHKGs6PT7NhVmIOPv+a3Kv8UpZSZs67lLH7vX99pOXE0v0rh9bToJQWqvO6X0fiVKxA==
baloo-2               5.3.0 OFL-1.1 sha512-CBuxZ27jvMmD5+KaaPkMWv/yjdRNppVAd5/002yAyvyQyLNL3aZCbkx6gbAT/bjxPd1A0VMdDQjfcELI8chccQ==
barlow-condensed      5.3.0 OFL-1.1 sha512-RA7MmIx0v3eQ6Gcf74qLVLOwLB0GpPOzx+eU9iG/AmCnSJGcIWYeU8y6CEMGZ210MGwGg5CZhzLkkvyZdTTk1g==
besley                5.3.0 OFL-1.1 sha512-PPbFdjy6oGeLEutwtf+Bsdj8ghHQEnTOtByu6BSL+R8N0Q5rfHtiShYffzB+GcQvxon89nu9yfoUqRTwA6LFmA==
big-shoulders-display 5.3.0 OFL-1.1 sha512-d4+Tcsq/WfoKeqWfB6wFdeNDsSYYnilJbSNNpf5w53MlWrGHAc9YvkAjC6id6PgFDiGaFKsXfP0RFAQtpt0bog==
bitter                5.3.0 OFL-1.1 sha512-RYfrDnaja7v6FO8AwknA5aw/BuVgLBJvwLIShkS42XUIxMbvi/yp47Ax/Xnn9OTVIGFiTXCbVsH0O9HhTTDtqA==
bricolage-grotesque   5.3.0 OFL-1.1 sha512-MdOVb/5in11IfN/IQJOExMuu6AroCIQbirl0yX7NUvKk+h0HYIKfGaVAXRS/gCPil4aFxWhjZnOw28tUwv7tFw==
caveat                5.3.0 OFL-1.1 sha512-eHTfzQxFSW9ABERRLNruHoNJmKed2J7pqTUc5lp4a4POMgXGKpxmWj3d9Hz10kmAg6iuTTLe6UagbA4bnsmfQw==
chakra-petch          5.3.0 OFL-1.1 sha512-QZvbM/q2R6n1pg2x+TJPftZmBNS+ADU37L4Z4L/6UJIz+JZ/SRaEf8usPFRiP7Ht28sIideMu/Bm1SnGlSrwNw==
cinzel                5.3.0 OFL-1.1 sha512-KEOYTsrRppW0uRIPWBDPrQgunCS6f8u4nzZxYRBfo9SCknKojLYjK7B0ZoVmJhyVLefz271ZQRF9EOpHZlfhRw==
comfortaa             5.3.0 OFL-1.1 sha512-ab4DERH0q6ko8QCpEZzOV9ebK39LgQ2oM91AkLNqu0VIxxwT0nV2D3sOuI7iLirWWq4IMooaIN6/2llxrDN2JA==
cormorant             5.3.0 OFL-1.1 sha512-r2xrO2/35L+miyYFaERPRn3TGA8G83fKAR4wGG3s4WC5pLRZ7Cw3brDjr8tRwESCHXgB3r7jZqjfK2kLPv3zrQ==
crimson-pro           5.3.0 OFL-1.1 sha512-PXQH0NGma2wwskZAySBH+s/ezAYBwyDH0I4oRURBu9u81nNUCm5DcNCJaUS9H0UR1y8qlslLfVRU6mnDBpffrA==
dancing-script        5.3.0 OFL-1.1 sha512-/FFbz4ZCNN+eG2a6phkZB41iKmyCC6rq2blA/kG9OFeI3/tpzLNazND1bBdEnogLhpfg7o4NfauTbEEYSpSUGg==
dosis                 5.3.0 OFL-1.1 sha512-qW82PZqGdPK7KsOm3tkCWohdyPltMxJ/detZSwsAplZVFqQPh1JwpwFQOuZ5/wFKcBSjD7ORx1SKcHFkkH+Rqw==
eb-garamond           5.3.0 OFL-1.1 sha512-VplwHpB8FLuzl+4G5LDci1b3Z4SghiuXH8XEgaxjnOb5aue5mEt1njmDKeO6iyLeGa73LffU7PC7hzncLRx0ZA==
el-messiri            5.3.0 OFL-1.1 sha512-Fqhf6DEuRInnLso60tk2i8mQlFfDjYNeF6Ybrto7jBnAwNClQqn4g9lMae/M+ub1zWYteM98uPOA1DwU5J8hbw==
exo-2                 5.3.0 OFL-1.1 sha512-jVI6qXPPuV1Fne7m2Hpyc9rTt4O7ZIo+wsUZZzAW+u/iHem4CyWXXCGUoSw3utZUW82/bsGVQO9yO+hDsjZH8A==
fira-code             5.3.0 OFL-1.1 sha512-EJL968RJRkakubAj/coU8pSUaeTE5UNoRjtzAr6kGiSZ3jWuN8/AKWHwym/PFUaQL1q7IL/H+EXs4358YhrTBQ==
frank-ruhl-libre      5.3.0 OFL-1.1 sha512-t9cbVzyuEJZGYafP01s7FQ1KAkh/Fs2nakfPzZpPY8BtfvGlZxQRxXAqJ/qluyfZXilpqw0Hk+GlYiWfmSSRTg==
fraunces              5.3.0 OFL-1.1 sha512-LEHTOBiZufQzAvnAe2rZ8ZknbDS28Q9kzwb0L+gZJEmjLGr8hhZ/5NuHXwDuHBWhVXYoiGGXmrb0H6Ko/RrHTg==
fredoka               5.3.0 OFL-1.1 sha512-s2IhjQ50wDnKkkaKmjhtL0rxQg6ITsVusiipM3m7zUwVZZbbCKsscNDkngwp28xVzfIt7neWrkgU1qKqyTycQg==
grandstander          5.3.0 OFL-1.1 sha512-H5JYRYKhDYrIJWYcLMzoiTSiokIKzD0/Ndi5CB5wQzeeoRokigLuS6EPwlgNjhUypaIsoA0Xa9gZMA8EGLlSdQ==
ibm-plex-mono         5.3.0 OFL-1.1 sha512-eTgnZjZEGk1QtD3ZstF+Vclo2HLAni8YMy34/DxllwZvyz1lR/1RF/xTiAquOBO7MvqBx8D2Ig2WCPMVfdZu7Q==
ibm-plex-serif        5.3.0 OFL-1.1 sha512-zwPfHB7EJbS5B8qnitPigJYzNdnt6PUeaoOA1gAAt//1pjpTVZN5sOU14NIAZ+C1xypL6GWsUG2VMYJW9bhJqQ==
inconsolata           5.3.0 OFL-1.1 sha512-12UZvQzR9rcgFv1Wb2vy9NvMqleh4fVZ9W5Ww/S3CamaRLeUfCkfXersbiqcyCkH82etGTTRyHd5cJYDJ2W27w==
jetbrains-mono        5.3.0 OFL-1.1 sha512-fqDfB5I9f1p1TV486aUgB9t8zP84P0O1FtQR5Ol9vjwPy+S+EIGlVYm1cvj2W5shcZMTg2nZFdVMoH5wFu8a1A==
jura                  5.3.0 OFL-1.1 sha512-0TNTRVaIiUp4Bw8RYrNgYUrq9flQIAUWnwZkrWe5aoY+FBTbMjxshKkAiVSsrW+SDLO0+wqjkqp944nKPIrRPw==
kode-mono             5.3.0 OFL-1.1 sha512-9xtuE63XocejXWwHa1vjV9IfQ1JbSKyCwyPV2SfFI+lgoMmuTKwI1DXZxxjZT+Q7qOdflwxj9fRrosGrh1YWpg==
literata              5.3.0 OFL-1.1 sha512-9JGMT5+YfBK49thoMq9ASaMRJErHT4V4QuMhAEwKHRLreOsIMP2xP6ZRLhPJ0e6YlET+kjWTJuN7LAxt9/gWGQ==
lora                  5.3.0 OFL-1.1 sha512-OK1g1z01rHVPqO5aw/FOIoDqc46KKYZdgL3NOLkxLWDk6QhDHhdr/h2BV1cke6gTvR1tzpDfdKyUkGsC+sQLeQ==
maven-pro             5.3.0 OFL-1.1 sha512-W7z2U3t0XHUzAAFhx/rQTw8ga2OZkiwwEiNq1G1vJzE4shOs9d2Oj5kGmt+noaEKQR4jPB29upw9b61KFX4yXg==
newsreader            5.3.0 OFL-1.1 sha512-AFR6ZKY89GNL+9qBI2P2+66NhD5bhOj/v6fsLnFYLM4E0JnMB1yKb+Ro8cA64i1hwAWoBfTq5CHJGWH1toLDkw==
noto-serif            5.3.0 OFL-1.1 sha512-ZrMzjuQlBIcw+qma1slZQdU3YDJvrjLG+9CWU1bxSf3YTkucwqd3EYa/Kfo4Ts19w8IMTGAmtOE3d6wWlgnBtA==
noto-serif-display    5.3.0 OFL-1.1 sha512-iVZR/eTQSfko9H0wZ0f+ogY5JSSH464nsRc7DZcsN0Kx7Qe41yg1IrQWILhe1dScyREMXceO+h+ar2kK9Wer8A==
orbitron              5.3.0 OFL-1.1 sha512-+BhPsbUAo/AF7sRcf+TEexm+EWWkgTiR9Zwb7AhYIPkc5oplfvw0C45Oc2xlKPhwVEmxG8hHuA6/Ansbl+Bc6w==
oswald                5.3.0 OFL-1.1 sha512-16r2aHActe0pH+9FLdk/74/YxXM7HpGak05kAzx3RvSToiJwGvyhv6GvckPz+YuZmvL1nxWbEop2jAXRcXYPRg==
oxanium               5.3.0 OFL-1.1 sha512-MpTsBMyPvlorqKkMVoaN8zctjty1vwO7WSOkNYhUj+oE6EEzL9I/j2EoEHLEEWIgTIRYwdxGMNLegBcvnc4nbQ==
petrona               5.3.0 OFL-1.1 sha512-Y7yvtt5oKzfAUTmHxIR5WJJTen+6SjUkW/NFWC1n6A0TjlKu6AGFXPcVdWi2Oh+msJj9VmaVkCsB/tRlthoUKA==
piazzolla             5.3.0 OFL-1.1 sha512-TdNHvrECFtU5g3hYGDraUHBHwRlR60EGpBlf80IGpu0/puUrWTH79xeiNqPwxKcuC6pWKYFRD2mLXHoMB9BJkw==
pixelify-sans         5.3.0 OFL-1.1 sha512-4RCe9nXbi7wUu5+H0FNX1sgPZ2kJ1MmY1uTkEfvQIzzqhoS8zGKJaJfdK8oreE0OU+5gM+NdurFi3H3FJRBvyw==
playfair-display      5.3.0 OFL-1.1 sha512-uJSABalvdWc10fEPppQjQocamT21LEyRfzzWfRfqbkPz+sRv+kKpYDKyluBUskvJREkJTos9epj1WjQROGu99Q==
quicksand             5.3.0 OFL-1.1 sha512-epmMUyXI39f88bZSCyKlHTZqUWg4O7DqrTXOKqsqbVKMLshX9RtIYCUIw+G2nOfEwdIHIjYbeWdwHRcEzRXBRQ==
rajdhani              5.3.0 OFL-1.1 sha512-oBJgSIibWJvVBKseme1JczqPLoDHN97LHti4uh0LjfcJqQoVmnQQlRKIpEjTJV559rmVQ6qbVZZwKwk2wkBTtw==
reem-kufi             5.3.0 OFL-1.1 sha512-LO5YIWIQeZWb4oSpm9eAoGqLHMLvBknVamRBFQHuz+suz3TjXiO5bhE/ITlCswENbNpYKMkMPcpf6yzWDWVJoQ==
roboto-mono           5.3.0 OFL-1.1 sha512-yhwplHMHW9dCk+1pZuERfcJe+K3rosGVZEoK0XktkxRSqQ9qsipSwwiuW2/8Qmtp9lzu3Ixa/ie4BMH3i8CkZQ==
roboto-slab           5.3.0 Apache-2.0 sha512-nrl4sOt5OIoMV3VecGVOnNAADU/8vz6+CLtLr4cCAf106hVtSLCTObPN8Z2KdZ03U01UDvgIp3hsu2TX3jen6w==
rokkitt               5.3.0 OFL-1.1 sha512-47OPlVKvxhemOXptrKz9Xut09T/9Ftxy4reEuAdACr28elze7l1Prk5ipbqtK3dD5FgnAlPmb4HzgspSE8LyhA==
saira-condensed       5.3.0 OFL-1.1 sha512-e5ZTpIy/pE8CbB23mpm1b+dCmeapNheSrtQDXtbfDbGpm1r2oIfs5TzTpY2nzETEwei3DEFL9smm0rmFURzJtw==
shantell-sans         5.3.0 OFL-1.1 sha512-hVKmS5EO/xGOtKx+rHuyqIsswjWp5bb91DlszxSkO4jEqOSaRIjYH/iu5gJ7QVszDlofoezZeWM5OdKgyE2jtg==
signika               5.3.0 OFL-1.1 sha512-X2AwuFR6sqGeO9zwjsZjnAkv2NSvDbflhyolpATZBHo465xZGGCJmEsTfQUoooCaCBKdW43sD36ueQIu7/2p7Q==
source-code-pro       5.3.1 OFL-1.1 sha512-qsJEkwJWXYP/9clmtt3BsIlZ+Lr4cuRgNAgu0vyZdCgESMRMhRkAmEFFHHNM81VdeURqg5D5+Rr3bALDFav78A==
source-serif-4        5.3.1 OFL-1.1 sha512-cWcTCXjYYrgF9A67fThVir1VSc0lPEYmwQ6jA4pPt01s2MSCi/maINUcZoCzaqnU8fyUReDO97eGcBUkHgOeug==
space-grotesk         5.3.0 OFL-1.1 sha512-ksnGizDPXIDuvqcTYTSrmZ+evx9sDlS8rp7+42BQ7wU+spt3twEoXfbJz672C+5CLg6VeUQwRy5RXshWb67LcQ==
spectral              5.3.0 OFL-1.1 sha512-2TL5WWGOZj4SIsBmPFEzKeA60tXXd1Qp1OqaaVEWkJL8IfSGLk6YmiusmC441iFkdJDIuFelu1r8lhCmQUU3mw==
syne                  5.3.0 OFL-1.1 sha512-kRWNVsrdYw+08I4EM1SYPe2JovdTzUI0kMVALVRsKmjRdkrVoun1qddSlDAglz5J9LbgUpJSkWmw6BYnmKdGuw==
teko                  5.3.0 OFL-1.1 sha512-Kkc63jui7yWWSX0mYEhakA6vi5sK0UlTPn+ucNacqBYQ5flFpj2I/TJ8Vo3JlR9RG9kzUxfjAo6V/do7O+Vn5Q==
tomorrow              5.3.0 OFL-1.1 sha512-ND308ZDnhnkH0s4JDUkxbDHwHXXZZW5RH33tMuTEwTqS56YS/4+IOCNhjwt0+zxszXyCprtum/60b3KHnei/pg==
unbounded             5.3.0 OFL-1.1 sha512-pPD6hsTnjoQRr6pCsqMHbHBfauB4LZygCNQEUJHu+CO2wzDFHqELEFSG7sTwo5Z5Gr4q3OK0fIILOXBJDv6lcw==
vollkorn              5.3.0 OFL-1.1 sha512-ES6Z36o16TZTKigivtUc8s4ZJ5rOSjU1dBNjESCCL5u+x2JaP2RoinQqg+tUOYULPJ9rNvqZUPRSIznVvg1A/A==
yanone-kaffeesatz     5.3.0 OFL-1.1 sha512-BPu2PHqPswEz9jgxrEO+3+hYe2bGo29wFvLyelAIcpTNah/jSUa9D/Uf/obV/h8giU6Or4NA8wtWxlZfjpxLgg==
zilla-slab            5.3.0 OFL-1.1 sha512-xbdDx5OESJDQqp3GIp4pjBgI+qpcg4AxnHLN15ekfJbG+ZYaOXg3uBjDpYlkuPQpey91afxHBNaqZgzluJ2FWA==
`);
