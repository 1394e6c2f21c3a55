// Opens the list of a sitting that somebody asked this device to keep, when there is no line. While there is one, everything
// comes from the server; a session that has ended, a list that was sent and a day that has passed take the list away.
'use strict';
var NAME = 'enroll-door', OLD = 24 * 60 * 60 * 1000;

self.addEventListener('install', function () { self.skipWaiting(); });
self.addEventListener('activate', function (event) { event.waitUntil(self.clients.claim()); });

function kept(request) {
  return caches.match(request, { cacheName: NAME, ignoreVary: true }).then(function (found) {
    var at = found && Date.parse(found.headers.get('Date'));
    if (!found || (at && Date.now() - at > OLD)) return caches.delete(NAME).then(function () { throw new Error('not kept'); });
    return found;
  });
}

self.addEventListener('fetch', function (event) {
  var request = event.request, path = new URL(request.url).pathname, list = /\/offline$/.test(path);
  if (request.method !== 'GET' || !(list || /\/static\//.test(path))) return;
  event.respondWith(fetch(request).then(function (answer) {
    // Whoever is signed out, or may not see it any more, is not shown it later either.
    if (list && (answer.type === 'opaqueredirect' || answer.status === 403 || answer.status === 404)) caches.delete(NAME);
    return answer;
  }, function () { return kept(request); }));
});
