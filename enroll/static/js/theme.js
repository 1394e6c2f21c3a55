// In <head> without defer, so that the chosen theme stands before the first paint (an external file, because of script-src 'self').
(function () {
  'use strict';
  var root = document.documentElement;
  try {
    var chosen = localStorage.getItem('theme');
    if (chosen === 'dark' || chosen === 'light') root.setAttribute('data-theme', chosen);
  } catch (error) { /* storage may be switched off: then the system decides */ }
  root.classList.add('js');
})();
