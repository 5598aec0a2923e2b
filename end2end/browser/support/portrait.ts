/** Puts a drawn person before the page's camera, for pictures that are good to look at: one of a few, by number. */
export function portray(look: number): void {
  const looks = [
    { wall: ["#2b4c7e", "#567ebb"], shirt: "#e8b04a", skin: "#e9b896", hair: "#3b2417" },
    { wall: ["#5c4b3a", "#a58a6d"], shirt: "#2f6f62", skin: "#8d5a3b", hair: "#17110d" },
    { wall: ["#3d3a5c", "#7d78b3"], shirt: "#c2556b", skin: "#f0cba8", hair: "#b5651d" },
    { wall: ["#31574a", "#76a48f"], shirt: "#39507a", skin: "#c98f63", hair: "#5b5b5b" },
  ];
  const { wall, shirt, skin, hair } = looks[look % looks.length] ?? looks[0]!;
  const { mediaDevices } = navigator;
  const capture = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await capture(constraints);
    const [camera] = stream.getVideoTracks();
    if (camera === undefined) return stream;
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const pen = canvas.getContext("2d")!;
    const light = pen.createLinearGradient(0, 0, 1280, 720);
    light.addColorStop(0, wall[1]!);
    light.addColorStop(1, wall[0]!);
    const disc = (colour: string, x: number, y: number, width: number, height: number) => {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.ellipse(x, y, width, height, 0, 0, 2 * Math.PI);
      pen.fill();
    };
    const draw = () => {
      const sway = 12 * Math.sin(performance.now() / 900 + look);
      pen.fillStyle = light;
      pen.fillRect(0, 0, 1280, 720);
      disc("rgb(255 255 255 / 0.08)", 1010, 150, 190, 190);
      disc(hair, 640 + sway, 300, 158, 182);
      pen.fillStyle = skin;
      pen.fillRect(590 + sway / 2, 420, 100, 130);
      disc(shirt, 640 + sway / 3, 745, 330, 225);
      disc(skin, 640 + sway, 330, 128, 158);
      disc(hair, 640 + sway, 205, 132, 66);
      for (const side of [-1, 1]) disc("#1c1c22", 640 + sway + side * 48, 325, 11, 14);
      pen.strokeStyle = "#7a2f2a";
      pen.lineWidth = 9;
      pen.lineCap = "round";
      pen.beginPath();
      pen.arc(640 + sway, 375, 46, 0.2 * Math.PI, 0.8 * Math.PI);
      pen.stroke();
    };
    draw();
    setInterval(draw, 50);
    const [drawn] = canvas.captureStream().getVideoTracks();
    return new MediaStream([...stream.getAudioTracks(), ...(drawn === undefined ? [] : [drawn])]);
  };
}
