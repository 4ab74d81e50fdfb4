// Lets the pages work when they are opened from a folder (file://), where a browser answers no request
// and starts no worker from a file. It does load scripts, so what a page would fetch stands in one,
// `<path>.js`, which calls `guideLocal(path, content)`; guide/offline.py writes them.
//
// Runs before every other script of a page and offers what those know: `fetch` and `Worker`.

/** @typedef {string | {deflated: string}} Content text, or bytes compressed and written in base64 */

{
  const own = /** @type {HTMLScriptElement} */ (document.currentScript);
  const ROOT = new URL("../../", own.src).href; // this file is assets/offline/local.js
  /** @type {Map<string, Content>} */
  const arrived = new Map();

  const Plain = globalThis.Worker;

  Object.assign(globalThis, {
    guideLocal: (/** @type {string} */ path, /** @type {Content} */ content) => arrived.set(path, content),
    fetch: async (/** @type {RequestInfo | URL} */ input) => respond(addressOf(input), await load(addressOf(input))),
    Worker: workerClass(),
  });

  /** @param {RequestInfo | URL} input */
  function addressOf(input) {
    return new URL(input instanceof Request ? input.url : input, document.baseURI).href;
  }

  /** The content of a file of the copy. @param {string} address @returns {Promise<Content>} */
  function load(address) {
    const path = address.replace(/[?#].*/s, "").slice(ROOT.length);
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${ROOT}${path}.js`;
      script.onload = () => {
        const content = arrived.get(path);
        arrived.delete(path); // Python is 12 MB
        script.remove();
        if (content === undefined) reject(new TypeError(`${path} of the offline copy is damaged`));
        else resolve(content);
      };
      script.onerror = () => {
        script.remove();
        reject(new TypeError(`${path} is not in the offline copy`));
      };
      document.head.append(script);
    });
  }

  /**
   * What a server would answer. A worker gets a copy of this function, so it names nothing outside itself.
   * @param {string} address @param {Content} content
   */
  function respond(address, content) {
    const type = address.endsWith(".wasm") ? "application/wasm" : "text/plain; charset=utf-8";
    const headers = { "Content-Type": type };
    if (typeof content === "string") return new Response(content, { headers });
    const text = atob(content.deflated);
    const bytes = new Uint8Array(text.length);
    for (let n = 0; n < text.length; n++) bytes[n] = text.charCodeAt(n);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream, { headers });
  }

  /**
   * Stands in front of a worker's own code and fetches through the page. A copy, too.
   * @param {typeof respond} answer
   */
  function insideWorker(answer) {
    /** @type {Map<number, {address: string, resolve: (response: Response) => void, reject: (error: Error) => void}>} */
    const open = new Map();
    let count = 0;
    Object.assign(globalThis, {
      importScripts: undefined, // Pyodide takes a worker that has it for one of the old kind
      fetch: (/** @type {RequestInfo | URL} */ input) => new Promise((resolve, reject) => {
        const address = input instanceof Request ? input.url : String(input);
        open.set(++count, { address, resolve, reject });
        postMessage({ guideWants: address, id: count });
      }),
    });
    addEventListener("message", (event) => {
      const request = open.get(event.data?.guideBrings);
      if (!request) return;
      event.stopImmediatePropagation(); // not for the worker's own code
      open.delete(event.data.guideBrings);
      if (event.data.content === undefined) request.reject(new TypeError(event.data.message));
      else request.resolve(answer(request.address, event.data.content));
    });
  }

  /** A worker whose code is loaded like everything else; messages wait until it has come. */
  function workerClass() {
    return class extends EventTarget {
      /** @type {Worker | null} */ #worker = null;
      /** @type {any[]} */ #waiting = [];
      #ended = false;
      /** @type {((event: MessageEvent) => void) | null} */ onmessage = null;
      /** @type {((event: ErrorEvent) => void) | null} */ onerror = null;

      /** @param {string | URL} address */
      constructor(address) {
        super();
        const whole = addressOf(address);
        load(whole).then((code) => this.#start(whole, String(code)), (error) => this.#fail(error.message));
      }

      /** @param {string} address @param {string} code */
      #start(address, code) {
        if (this.#ended) return;
        const head = `var GUIDE_URL = ${JSON.stringify(address)};\n(${insideWorker})(${respond});\n`;
        const source = URL.createObjectURL(new Blob([head, code], { type: "text/javascript" }));
        const worker = new Plain(source);
        worker.onmessage = ({ data }) => {
          if (data?.guideWants) this.#bring(worker, data.id, data.guideWants);
          else this.#tell(new MessageEvent("message", { data }));
        };
        worker.onerror = (event) => {
          event.preventDefault();
          this.#fail(event.message);
        };
        this.#worker = worker;
        for (const message of this.#waiting.splice(0)) worker.postMessage(message);
      }

      /** @param {Worker} worker @param {number} id @param {string} address */
      #bring(worker, id, address) {
        load(address).then((content) => worker.postMessage({ guideBrings: id, content }),
          (error) => worker.postMessage({ guideBrings: id, message: error.message }));
      }

      /** @param {string} message */
      #fail(message) {
        this.#tell(new ErrorEvent("error", { message, cancelable: true }));
      }

      /** @param {MessageEvent | ErrorEvent} event */
      #tell(event) {
        this.dispatchEvent(event);
        if (event instanceof ErrorEvent) this.onerror?.(event);
        else this.onmessage?.(event);
      }

      /** @param {any} message */
      postMessage(message) {
        if (this.#worker) this.#worker.postMessage(message);
        else this.#waiting.push(message);
      }

      terminate() {
        this.#ended = true;
        this.#worker?.terminate();
      }
    };
  }

  // A folder is no page here, so a link that a script has made gets the name of the page in the folder.
  for (const event of ["pointerdown", "focusin", "click"]) {
    document.addEventListener(event, ({ target }) => {
      const link = /** @type {HTMLAnchorElement | null} */ (
        target instanceof Element ? target.closest("a[href]") : null);
      if (link?.href.startsWith(ROOT) && link.pathname.endsWith("/")) link.pathname += "index.html";
    }, true);
  }
}
