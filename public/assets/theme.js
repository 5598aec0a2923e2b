// The theme that was chosen, before anything is painted: style sheets know the system's only.
try {
  const theme = localStorage.getItem("roundtable.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Where storage is forbidden, nothing was chosen.
}
