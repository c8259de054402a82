// The camera: begins when a person says so, ends when it is told to or when the page is hidden.
const BETWEEN_LOOKS_MS = 120;
const SLOW_AFTER_MS = 20_000;
const REFUSALS = { NotAllowedError: "not_allowed", SecurityError: "not_allowed", NotFoundError: "none", OverconstrainedError: "none" };

/** Return the name of the sentence for a camera that does not begin. */
export const whyNot = (error) => REFUSALS[error?.name] ?? "failed";

export class Camera {
  /** `look` gets the video at each turn and says true when it is done; `tell` gets "slow" once, "ended" at the end. */
  constructor(video, { look, tell }) {
    Object.assign(this, { video, look, tell, stream: null, device: "" });
  }

  get track() {
    return this.stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  /** Begin to look; throws what the browser says where it may not. */
  async start() {
    const which = this.device ? { deviceId: { exact: this.device } } : { facingMode: { ideal: "environment" } };
    const video = { ...which, width: { ideal: 1_280 }, height: { ideal: 720 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    this.end();
    this.stream = stream;
    this.track.addEventListener("ended", () => this.stream === stream && this.stop());
    this.video.srcObject = stream;
    await this.video.play();
    this.turn(stream, Date.now() + SLOW_AFTER_MS);
  }

  async turn(stream, slowAt) {
    if (this.stream !== stream) return;
    const isDone = this.video.readyState >= this.video.HAVE_CURRENT_DATA && (await this.look(this.video));
    if (isDone || this.stream !== stream) return;
    const isSlow = Date.now() > slowAt;
    if (isSlow) this.tell("slow");
    setTimeout(() => this.turn(stream, isSlow ? Infinity : slowAt), BETWEEN_LOOKS_MS);
  }

  end() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  stop() {
    if (!this.stream) return;
    this.end();
    this.tell("ended");
  }

  /** Return the cameras of the device; their names are known once one of them runs. */
  async all() {
    return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  }

  /** Go on with the next camera of the device. */
  async next() {
    const all = await this.all();
    const at = all.findIndex(({ deviceId }) => deviceId === this.track?.getSettings().deviceId);
    this.device = all[(at + 1) % all.length]?.deviceId ?? "";
    this.end();
    await this.start();
  }

  /** Switch the light on or off; the camera may refuse. */
  async light(isOn) {
    await this.track?.applyConstraints({ advanced: [{ torch: isOn }] });
  }
}
