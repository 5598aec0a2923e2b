try {
  const theme = localStorage.getItem("roundtable.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}
