(function () {
  var isOld = typeof WebAssembly !== "object" || !("noModule" in document.createElement("script"));
  var timer = setTimeout(function () { show("slow"); }, 6000);
  function show(cause) {
    var box = document.getElementById("start");
    if (!box) return;
    var lines = box.getElementsByTagName("p");
    for (var at = 0; at < lines.length; at += 1) lines[at].hidden = lines[at].id !== "start-" + cause;
    box.getElementsByTagName("button")[0].onclick = function () { location.reload(); };
    box.hidden = false;
  }
  function soon(cause) {
    if (document.readyState !== "loading") show(cause);
    else document.addEventListener("DOMContentLoaded", function () { show(cause); });
  }
  window.startFailed = function (error) {
    if (error) console.error(error);
    clearTimeout(timer);
    if (isOld || error instanceof WebAssembly.CompileError) soon("old");
    else soon(!error || error instanceof TypeError ? "missing" : "broken");
  };
  if (isOld) window.startFailed();
})();
