// Reads the code of a ticket with the camera, where the browser can; typing always works.
(function () {
  'use strict';
  var button = document.querySelector('[data-scan]');
  if (!button || !('BarcodeDetector' in window) || !navigator.mediaDevices) return;
  var view = document.querySelector('[data-scan-view]'), into = document.querySelector('[data-scan-into]');
  var says = document.querySelector('[data-scan-says]'), form = document.querySelector('[data-scan-form]');
  var detector = new window.BarcodeDetector({ formats: ['qr_code'] }), stream = null;
  button.hidden = false;

  function stop() {
    if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
    stream = null; view.hidden = true;
  }

  function look() {
    if (!stream) return;
    detector.detect(view).then(function (codes) {
      if (!codes.length) { setTimeout(look, 200); return; }
      into.value = codes[0].rawValue.slice(0, 64);
      stop(); form.submit();
    }, function () { setTimeout(look, 500); });
  }

  button.addEventListener('click', function () {
    if (stream) { stop(); return; }
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(function (opened) {
      stream = opened; view.srcObject = opened; view.hidden = false;
      view.play().then(look);
    }, function () { says.textContent = button.dataset.failed; });
  });
  window.addEventListener('pagehide', stop);
})();
