import { familiesOf } from './families.ts';

/**
 * Sans-serif families for text without ornament, in the order of their names. None is another one's outlines under a
 * second name: drawn at the same x-height, letter on letter, any two differ in a tenth of their ink at least (Roboto and
 * the Latin of Heebo: in a hundredth, so that one of them is here).
 */
export const SANS_FAMILIES = familiesOf(`
albert-sans                5.3.0 OFL-1.1 sha512-sxMOb01R+xYfFjc708tKJOElC7qhXyjvF3hWojhX1c+AzoFO18dnbh1hPEkblwvYsY+7Chrs08y80K72omSg7Q==
alexandria                 5.3.0 OFL-1.1 sha512-it7vTsYG4pB0G00g49z5bwdMtf41EacTIZQFSxcDRajlV4xrCAz9+0/FMoWo3GD50Ifu5+t6ta22xsmnX5Akwg==
archivo                    5.3.0 OFL-1.1 sha512-5DIMgPVJRi62OqdOVoogCFxP73EkNM/E0YVTSDIQlDEJfDbxqZduwM/YoNZwC9Sx1CDgpKinqf8ckRY1QNIecw==
arimo                      5.3.0 OFL-1.1 sha512-nhxZ2sTVZYX8DJBgLuyX360B5vE4mxqpmjlKTRfucIqfcWRVx9vOYzWBc1IgEX0ist48VMC10PRKbFyH+4QFvQ==
asap                       5.3.0 OFL-1.1 sha512-zaSngeCGUKDOCh8TaVqn807zJLysSg4l5OXe4C7USZGilphzcfTTxoX7LOQwdG3toeW02ZKg8mH5s+PFrnYQ2A==
assistant                  5.3.0 OFL-1.1 sha512-FJ0gSxkCdNeZgd2yIGmIkjU5SZOpDYs0j5IEWMQPBT5bRuvDqLA4T03KwmvMgWvov966coRVp0dcdd+oAo/MrA==
atkinson-hyperlegible-next 5.3.0 OFL-1.1 sha512-8p1tHVoPDo6oYwSO3sMw5snGwFwSf3TmeSF9Gcj792GXdsg6oqvhoItbj6Hj/XZIk0Xs+Cwu6pkLBAl3Q5HrwA==
be-vietnam-pro             5.3.0 OFL-1.1 sha512-xhAQBGHDxP5BF8IJxedy5MoWUmc1DlPCcZbMLhvnPkf8TaYCbbUVs3LjpuJ4BYdTrdiCLaewNaY8z+owq/FqFw==
cabin                      5.3.0 OFL-1.1 sha512-c2NSbpO6XSqaq6E6ztHqgdNxzCPJCxkNvnSEjkQRidlL3Ycac00sS9XTRT6RfMFeB3+C7V3vgN1S40nM6lthuw==
catamaran                  5.3.0 OFL-1.1 sha512-JvkFato1XatDzPBKNBloUdRivacGxS5AaMnJOqzhxj/caJJJCR277Pkf3mh0ixtFwi2YNNSD5Sw63vZBtjMc4A==
chivo                      5.3.0 OFL-1.1 sha512-bPZQPY1qQ5jOd/UN/yucUbNu7O1xaY6bmE+ctMJrXFIiw6qN5qq1f4xrH6GFPIKTnmMDYWy06lIzDAh23crrEw==
commissioner               5.3.0 OFL-1.1 sha512-G3OnulmWmCVSn2qvOsWDQSObOVsDpAsrDM7HL2rtJLYA+U2ly1Ldg5YwEKKiv1inDLhUkwK3u0V6jmMva8vksA==
dm-sans                    5.3.0 OFL-1.1 sha512-lYJtMXXO28q1z+yz+z8XKd0s4hXaa9QdkETzkyD760sidCv5heI86weYA0sx0Nc4pAMAQTUuyf4gO44cYKKS9g==
epilogue                   5.3.0 OFL-1.1 sha512-rUyuuIOG8BYkcTCxeekoVW0YKg0EsGBO1RGRd2brP2BGSbN8nUo1tc3PzD7QZB0NomTLdA7Dc6wrPsKCZ4m1aw==
familjen-grotesk           5.3.0 OFL-1.1 sha512-Kh6DXwAtw+kyvCSpiOI3wss/LvOJtJJRl9NTf9YpYpmcpsZ5BGQLTF9nVm9TUmnpLTe4z3iyAcvnLfsQgQR0lg==
figtree                    5.3.0 OFL-1.1 sha512-/iTcTXL1eRBGhvD7NN9dnKzXzWqDLVZVEUFI9xIxAC1G/hXU8tCyYeXCAuPOuvSYPInFUP7H6KLGgygmDfy1SA==
fira-sans                  5.3.0 OFL-1.1 sha512-z1SKSG7eRhm3srlb7rQ3j77QP4TP7OFxCZ4wUWhCdt+3hOF9K0AyvybpAsz6+JWNcCVV7AqC7dbOT3e67P2r5A==
funnel-sans                5.3.0 OFL-1.1 sha512-LmINq/6qfoYW1LOkOwaiZw7YVEpi3QACa36V7jxgBlO8MPGPbeSxFrPjk4lF6uP1ZbCp2VsBWmneo+1b59GbbA==
geist                      5.3.0 OFL-1.1 sha512-u03ftlfVwb05uijq2jGDJ03/HKGqMKaNFk7KOhkpBUex8+BhrAOfMs/XciJ2UUNUX9fEsZbZQld/RWMA2oFU7g==
golos-text                 5.3.0 OFL-1.1 sha512-R+gM4qOZSrge4TtEGps0zTpU8X4e7e32L+3yy0J/2LnVB/IERlidEpXPWSZVGzTaL5QnPRVmoebRXSuVtjUIVg==
google-sans                5.3.1 OFL-1.1 sha512-vPaxyKtWMAecphz5CHerhBAIhnRNzQs0dn4KEr8d9Zx5MsoRBXZgFG43Lso2h7w46HVb7S+ku1sdVkGvONz1kQ==
hanken-grotesk             5.3.0 OFL-1.1 sha512-eiqAvcMT88tCMCBzn6qKgMHGLJKq3NEXO3+0y9JXqzyty2U6KZnaGtbfiQgzRAXfwFp559hJQ0zBgJ6d89AuTA==
hind                       5.3.0 OFL-1.1 sha512-tN9N0AurZa2N8JakQw8Eqs5/1Rzpw7J6YA1mYpkkHZ3iTw1JjbSHq6V6hGjhRdZlUMHk1sN+jOhPmuF+RkRKEg==
host-grotesk               5.3.0 OFL-1.1 sha512-/4lcEvSbI3IELjz7UHW5Z1tXuRwOJACKK1ynJKSR28/MscudnKjxXIPQYfRmguv4niURtuksL0Hiusx+SPZS8w==
ibm-plex-sans              5.3.0 OFL-1.1 sha512-CbE4CbbEEZJX860XyUiRpsksXIQR8Rp2XDva2VO53NJox9tVNtusrysd2x5YkUEY3ErQ66W1IiiQL8/wihhw5w==
inclusive-sans             5.3.0 OFL-1.1 sha512-DSnSommqBXS25QPYACA2FqabNIgMDW93sBXVAHM7TETFVOHo18zltPslzeKguWCUa60dD9wqG79FwLxpNsKPJQ==
instrument-sans            5.3.0 OFL-1.1 sha512-QwXc4hb/px3XvSPS2CPAOgey8nyrQFxgxrmXQQ+pN+P51hKdAcchxpg8rSbjANFfPu6VKXhDqkVDucXMZ9CM5g==
inter                      5.3.0 OFL-1.1 sha512-RofMylZmjlJEfELXeNHFWBRcSs75rGU/6bV2S2jfnvv/3rPXPGe0LgUJTklcHZ9lM4OZmAVFhcJPnACfb91A3g==
k2d                        5.2.8 OFL-1.1 sha512-xrYyEKxzxkkdPYIP5viaUHoF80JIOcfqpGxu8KDhNP+TXThIFPWZbLqXe/1zxPK4FgZVXyGI9GUTMsUMqmZvRQ==
karla                      5.3.0 OFL-1.1 sha512-zHBkxMumwFE+K4RgHQAv2xH0O2lAX9y4zPun5JEFZyNQQclZ5Oz/XvByE3CB5+rnxKEV5BXlZShIEfz0VILDmQ==
lexend                     5.3.0 OFL-1.1 sha512-4igbsooynC6xwfagkAW6eo9JMrw8ALFGkWn1YChYmYchufMJSPgWihD+cy5ruX5YX/gDk/gllcl1Oj7q6KUZmw==
libre-franklin             5.3.0 OFL-1.1 sha512-owd+HDvD4hnGHG1jO3rHtg0BiNT0DJbZMaSqJ7g4r0646G5Q91MjTFWxZbpwg8njLu4BSH3EBqwkVSMLud6brg==
manrope                    5.3.0 OFL-1.1 sha512-obJ1Dv3+uCA6HlHgW8u4BGYxJR9In2HW7gjJhlflEvkrj1X1iSEwu0fToL+JYGC/FEKFfIz1sBuPduvcL2gIAA==
metropolis                 5.3.0 Unlicense sha512-s1KD3SoZdxBgzIKRYGDeIUToIkIHCuIP/t5NUIKh0z1LHU3VqrdLCGxQpNTndI4WuqD1ID+03VfzaTXcDC3MFg==
mona-sans                  5.3.0 OFL-1.1 sha512-+K4yLnbbtNfYuR1Znpq9kWEJUYD1W0yQ5DhWde93lC3O8VHXtydoM0bHZBvO6DofIYEXgZlZU14A9yFClisL+g==
mukta                      5.3.0 OFL-1.1 sha512-BIM9rx9SmHOcVR8cmOba9LnaFwhfiaFcclwgKV9rH4DIdCmD/tBBhtY02GGukuayxSbqfZ6pXzSO88IigTewDw==
mulish                     5.3.0 OFL-1.1 sha512-Fru/fmJwg4ZlKUU4jELz6/guZhba6Lz1vraAROqooYnUbtj1iMi7BXFkQU7AkB6QP5swpvwRnO5chUp6mNh5mA==
noto-sans                  5.3.0 OFL-1.1 sha512-fBCog2PY7DiVVTEEqtI/Qdinx/knobHYfoGpjFXdfBX5RoJaBp1Prw2G75p0OIsdlMZg3cLo0c+YbIUYOxnQJw==
noto-sans-display          5.3.0 OFL-1.1 sha512-JTiBRAyKBVtGKlUiCQyaYE/S3Mx+uGUXhqkXCAMOZbP1Upjb4JWRzUdZfOYlvu5dK77+BWcDy3fXSn1N4Ja6ew==
nunito-sans                5.3.0 OFL-1.1 sha512-CctNhebQ2YYJUwVMCAkHexQg7yedfz9s8JzaETALyc9QIQuDFRlNTWXux9H5PsNLgptPkrzRDomAdLJt1sDFpQ==
onest                      5.3.1 OFL-1.1 sha512-2uA9HUzQHBB8H7T2R6inmrnqPofB6+svATHM/huIG640duJr4rm+uanmAIheTTlbZvRC0ujMtf2T4U4RX51oEQ==
open-sans                  5.3.0 OFL-1.1 sha512-V1bdMlGNyZrJwzrdusshMOw2YR0aqYDL7kOo9dkxUEKl8dFv66A9HLckOOXl572sG/7ohhDQrCrTFGSn9LZcSw==
open-sauce-one             5.3.0 OFL-1.1 sha512-c4KxAHklBtXJ+rpEecJljyceDVQ9p2sIOHHKeH0M4t5VEvOko0b6g8kP+Ntmf7+vwn7o4vQtkqU/ajZDX8RD2Q==
overpass                   5.3.0 OFL-1.1 sha512-601DJ9xb8+8XbxAS05+lkh9cW6wc4TnXL2vhQBUN6PrtE/mQTgxqrqac7rXkthyJO7c3KMHOpl9Tt0sRql1p5Q==
plus-jakarta-sans          5.3.0 OFL-1.1 sha512-9WRw3G74Ve4cyPApAZSXLPY5DiLOZXDn7Q7dIBjFBpA0Pj56ljDItEdy2UUajjJxRuTg2HkMLO5C3K2nAQORWg==
public-sans                5.3.0 OFL-1.1 sha512-kjODI0S3zdv0mBYCIQ8TbBayaiqszpc2UbhJiO3bjIqVVXzcWfHSt2o3WBCLOY3juaGaQoy4MoWCcgmfI5hCuA==
radio-canada-big           5.3.0 OFL-1.1 sha512-430NJzaW63rCaAbjQPRNG5z19PehjlKk+UyEzSfFjsw6HgzzkCBzlyPW9R0+gjwwY3Puo5uazRuM4P+BY9b6FA==
red-hat-display            5.3.0 OFL-1.1 sha512-fD3uZkhdZMHzpSdHMa000GQSVPQNuYr4AMu3Dx9UhrM35ynBIC4w3fe824d7aO6wHyR2e7pSrUhYvTBp3VRg4g==
red-hat-text               5.3.0 OFL-1.1 sha512-/kgNIUqdoc9uyd4zK+T7gEwY6bYF+hSCZeQTl8Ni/oKtv+a7YeCyQwAE94BeLwud6UfLqn90gBFKa3gCpiZnRA==
reddit-sans                5.3.0 OFL-1.1 sha512-SdA8nHMxMVs8sGeVWQ4qw2Gt/JPYISj7GzseSfVq2ECpl3GyYLgBRBftzeHlP06cV7OZRjJraUCggXteVlQJgg==
rethink-sans               5.3.0 OFL-1.1 sha512-l1mWg2mBT1NsAVqIOx8aKPWWy98GO8T4s4OdGKT+vBdXTbe8L62Seykiajc9PLQlzo+LrGs4fLR5e5krLAhcqA==
roboto                     5.3.0 OFL-1.1 sha512-BapRJOWYP+LZ21zp+wBQjfpPYKRoxc4LspJ/RLuI+HSMBD5u/X4O+ESDrSvEqDSy0rAl7GwBJ+09mdc16cVQ1Q==
rubik                      5.3.0 OFL-1.1 sha512-Nks2mn7vlE1jZVHuVgoKU2Ejqjvd+GJzLRdraCjo1xc79oo7O6vJ8pcvSfmKPGX3/Ln7nt09XWFzPeu2jWf0xQ==
sarabun                    5.3.0 OFL-1.1 sha512-8GWxnEIG9g/2JlZxU+APaVwipcLMkZkBps9N1tEyBxXWaJEnAtHpuaDYmFVG7lzTgr28orG7//htD/rfxDlfFg==
schibsted-grotesk          5.3.0 OFL-1.1 sha512-9k+Fd2eg7umKxI2JV2HtDcOkXEM0iJx0u4Iu1b+QHikVU8Sl/MtozJ/mtZfsltR6xnVGSQjpcxXQeJPW0KGpIA==
sofia-sans                 5.3.0 OFL-1.1 sha512-3ozStPhvt1/8deVKJkzOzyl0uVUSaB2AEbiw3r7gxRTq8Ax3TxV2qBnPbPq8+0X00R5+qwO2yUWBLCh+on37rw==
sora                       5.3.0 OFL-1.1 sha512-SqW3OpKxxfKvxDLPlbdrWf2KooPfbd+W3jaYn483o+Y/JrmU87vjFPNptDqwP428c3vY+gnranLhjcbRaXB0Jw==
source-sans-3              5.3.1 OFL-1.1 sha512-O3YxvbotUOgYI2Zx0bBcEMNjnwitRf9P2+9pd54sMoux1NHrdXnMwZusw2P78lFhEzOPN4glOEQmX0ASaS68uA==
spline-sans                5.3.0 OFL-1.1 sha512-iH7h2S+Xk3ZFvXweFjH1KGYBuwhrYS/M4RxudPLGiyrRoVvDjPzPaL6N8J+qtaLzZKrg82w1zHgwotYHwsWTqQ==
stack-sans-text            5.3.0 OFL-1.1 sha512-W885MTDKFy1lIndZyLBlee8uHMMAAAFp/m83kwAU7+NaxMhpFTg9ysWmo3HaO/orc5fahNAjbN6jUzZzCSccpA==
tiktok-sans                5.3.0 OFL-1.1 sha512-jPNuCSLoHTa3p6LZB7K92XQKDY7DzJcCGoHrQmP28AmFe2CO+m+xUgTK4rHphb6KR0+i6kUQDgFEle/X2rcuSQ==
uncut-sans                 5.3.0 OFL-1.1 sha512-ULu+ZW+SChihwzG0sFnBfOa0+X5txPifWLZNvW6HdXYAq/Z3UycyvvI4Hd/mjjzzeZsxoirppinNTHVq8msGqw==
wix-madefor-text           5.3.0 OFL-1.1 sha512-LdaZ0ES+1YSV1g8vRZYcBAo0f72dS6oOMPcvtcKcuj5g+X632vTrhyWcJPdwc/6m/YnYRToJhKR0I3/38BafnA==
work-sans                  5.3.0 OFL-1.1 sha512-3cKV28+bEiLGdyOl0VgEGCFWE1XdZJu/K+nH4Jt76XC3T//XrRtm2EF7jA61GSMIy8sYp6ZFTE01nD3lLaBV9A==
`);
