// The review page by hand and by keyboard. Adds comfort only: pictures turn by links, decisions are a form.
(function () {
  'use strict';
  var d = document, desk = d.querySelector('[data-desk]'), said = d.querySelector('[data-desk-says]');
  function all(selector, within) { return Array.prototype.slice.call((within || d).querySelectorAll(selector)); }
  function say(text) { if (said) said.textContent = text || ''; }

  // Turn and enlarge in place: nothing is loaded again, and what was typed stays.
  function draw(viewer) {
    var zoom = Number(viewer.dataset.zoom), turn = Number(viewer.dataset.turn), view = viewer.querySelector('.doc__view');
    function lead(name, z, t, hidden) {
      var link = viewer.querySelector('[data-view="' + name + '"]');
      if (!link) return;
      link.href = viewer.dataset.address + '&zoom=' + z + '&turn=' + t + '#evidence'; link.hidden = hidden;
    }
    view.className = 'doc__view' + (zoom > 100 ? ' doc__view--' + zoom : '');
    view.firstElementChild.className = turn ? 'turned turned--' + turn : '';
    lead('smaller', zoom === 200 ? 150 : 100, turn, zoom === 100);
    lead('larger', zoom === 100 ? 150 : 200, turn, zoom === 200);
    lead('turn', zoom, (turn + 90) % 360, false);
    history.replaceState(null, '', viewer.dataset.address + '&zoom=' + zoom + '&turn=' + turn);
  }
  function act(viewer, name) {
    var zoom = Number(viewer.dataset.zoom);
    if (name === 'turn') viewer.dataset.turn = (Number(viewer.dataset.turn) + 90) % 360;
    else if (name === 'larger') viewer.dataset.zoom = zoom === 100 ? 150 : 200;
    else if (name === 'smaller') viewer.dataset.zoom = zoom === 200 ? 150 : 100;
    else viewer.dataset.zoom = zoom === 200 ? 100 : zoom + 50;
    draw(viewer);
  }
  // Another picture, or the photo beside it, comes from the server and takes this one's place.
  function bring(link) {
    var kind = link.dataset.view, label = link.getAttribute('aria-label') || link.textContent;
    fetch(link.href, { credentials: 'same-origin' }).then(function (answer) { return answer.text(); }).then(function (text) {
      var then = new DOMParser().parseFromString(text, 'text/html').getElementById('evidence');
      if (!then) { location.href = link.href; return; }
      d.getElementById('evidence').replaceWith(then);
      history.replaceState(null, '', link.href);
      var again = kind === 'file' ? then.querySelector('[aria-current]') : then.querySelector('[data-view="' + kind + '"]');
      if (again) again.focus();
      say(label);
    }).catch(function () { location.href = link.href; });
  }
  d.addEventListener('click', function (e) {
    var link = e.target.closest && e.target.closest('#evidence [data-view]');
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    if (link.dataset.view === 'file' || link.dataset.view === 'beside') { bring(link); return; }
    var viewer = link.closest('[data-viewer]');
    act(viewer, link.dataset.view);
    if (link.hidden) viewer.querySelector('[data-view="turn"]').focus();
  });

  // Keys of one letter: only where the reader keeps them on, never while something is typed.
  if (!desk) return;
  var items = all('.checks [data-item]'), form = d.querySelector('form[data-keys]');
  function inFocus() { var here = d.activeElement && d.activeElement.closest('[data-item]'); return here && items.indexOf(here) >= 0 ? here : null; }
  function step(by) {
    var shown = items.filter(function (one) { return one.offsetParent; });
    if (!shown.length) return;
    var at = shown.indexOf(inFocus());
    var next = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : (at + by + shown.length) % shown.length];
    next.focus(); next.scrollIntoView({ block: 'nearest' });
  }
  function choose(number) {
    var radio = form && form.querySelectorAll('input[name="' + form.dataset.keys + '"]')[number - 1];
    if (!radio) return null;
    radio.checked = true; radio.dispatchEvent(new Event('change', { bubbles: true }));
    return radio;
  }
  function decide(number) {
    var item = inFocus(), of = item && item.dataset.item, radio;
    if (number === 1 && of) {
      var box = form && form.querySelector('[data-verdict~="' + of + '"] input');
      if (box) box.checked = true;
      item.classList.add('is-fine');
      say(desk.dataset.fine + ': ' + item.dataset.name);
      if (form && !form.querySelector('input[name="' + form.dataset.keys + '"]:checked')) choose(1);
      step(1);
      return;
    }
    radio = choose(number);
    if (!radio) return;
    var reason = of && all('input[name="' + (number === 2 ? 'return' : 'reject') + '_reasons"]', form).filter(function (one) {
      return one.value.indexOf(of + ':') === 0; })[0];
    (reason || radio).focus();
    (reason || radio).scrollIntoView({ block: 'nearest' });
  }
  function follow(selector) { var link = d.querySelector(selector); if (link) link.click(); }
  var keys = {
    j: function () { step(1); }, k: function () { step(-1); },
    1: function () { decide(1); }, 2: function () { decide(2); }, 3: function () { decide(3); },
    n: function () { follow('a[rel="next"]'); }, p: function () { follow('a[rel="prev"]'); },
    z: function () { var one = d.querySelector('[data-viewer]'); if (one) { act(one, 'round'); say(one.dataset.zoom + ' %'); } },
    r: function () { var one = d.querySelector('[data-viewer]'); if (one) act(one, 'turn'); },
    c: function () { follow('#evidence [data-view="beside"]'); },
    v: function () {
      var here = d.querySelector('.thumbs [aria-current]'); if (!here) return;
      (here.nextElementSibling || here.parentNode.firstElementChild).click();
    },
    d: function () { var one = form && (form.querySelector('input[name="' + form.dataset.keys + '"]:checked') || form.querySelector('input[name="' + form.dataset.keys + '"]')); if (one) one.focus(); },
    '?': function () { var help = d.getElementById('desk-keys'); help.open = !help.open; help.querySelector('summary').focus(); }
  };
  d.addEventListener('keydown', function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || e.isComposing) return;
    var t = e.target, typing = /^(textarea|select)$/i.test(t.tagName) || t.isContentEditable ||
      (t.tagName === 'INPUT' && !/^(radio|checkbox|button|submit)$/.test(t.type));
    if (typing || !Object.prototype.hasOwnProperty.call(keys, e.key)) return;
    e.preventDefault(); keys[e.key]();
  });
})();
