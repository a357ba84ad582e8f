import { type StopReason, stopReasonOf } from "../run/stop_reason.ts";
import type { ForcedExitTimer } from "./forced_exit.ts";
import type { SignalHandler } from "./signals.ts";

/** What runs many prompts, and can be stopped. */
export interface Service {
  stop(reason: StopReason): void;
  kill(): void;
  suspend(): Promise<void>;
  resume(): Promise<void>;
}

/** Lets signals stop, kill, suspend and resume a service. */
export function controlService(
  service: Service,
  forcedExit: ForcedExitTimer,
  signals: SignalHandler,
): void {
  const { abortSignal } = signals;
  signals.setRun({
    stop: (reason) => service.stop(reason),
    kill() {
      service.kill();
      forcedExit.endGracePeriod();
    },
    async suspend() {
      forcedExit.pause();
      await service.suspend();
    },
    async resume() {
      await service.resume();
      forcedExit.resume();
    },
  });
  const stop = () => service.stop(stopReasonOf(abortSignal));
  if (abortSignal.aborted) stop();
  else abortSignal.addEventListener("abort", stop, { once: true });
}
