import { text } from "./api_reply.ts";
import { type BrokenTranscript, file, lines, TURN, turn } from "./broken_transcript.ts";
import { assistant, prompt, toolCall, transcript } from "./transcripts.ts";

/** Returns transcripts whose subagents do not belong to their calls. */
export function brokenSubagents(): readonly BrokenTranscript[] {
  const asking = (...ids: readonly string[]) =>
    ids.map((id) => toolCall(id, "Agent", { prompt: "Look.", description: "Look" }));
  const looking = transcript([prompt("Look."), assistant([text("Found.")])]);
  const bytes = () => {
    const [question, ...answer] = turn();
    return file(lines(question ?? {}, assistant(asking("toolu_1", "toolu_2")), answer));
  };
  return [
    {
      name: "a subagent that no call has started",
      shown: TURN,
      bytes,
      subagents: [{ toolUseId: "toolu_9", lines: looking }, { meta: null, lines: looking }],
    },
    {
      name: "two subagents of the same call",
      shown: TURN,
      bytes,
      subagents: [{ toolUseId: "toolu_1", lines: looking }, {
        toolUseId: "toolu_1",
        lines: looking,
      }],
    },
    {
      name: "a subagent that its own call has started",
      shown: TURN,
      bytes,
      subagents: [{
        toolUseId: "toolu_s",
        lines: transcript([prompt("Look."), assistant(asking("toolu_s"))]),
      }],
    },
    {
      name: "subagents that have started each other",
      shown: TURN,
      bytes,
      subagents: [
        { toolUseId: "toolu_b", lines: transcript([prompt("A."), assistant(asking("toolu_a"))]) },
        { toolUseId: "toolu_a", lines: transcript([prompt("B."), assistant(asking("toolu_b"))]) },
      ],
    },
    {
      name: "subagents without an entry, and with broken metadata",
      shown: TURN,
      bytes,
      subagents: [
        { toolUseId: "toolu_1", lines: [] },
        { lines: ["{", "null"], meta: { toolUseId: 5, agentType: [] } },
      ],
    },
    {
      name: "a subagent in the same file that is its own parent",
      shown: TURN,
      bytes: () =>
        file(lines(
          prompt("Mine.", { isSidechain: true, uuid: "u1", parentUuid: "u1" }),
          prompt("One.", { isSidechain: true, uuid: "u2", parentUuid: "u3" }),
          prompt("Two.", { isSidechain: true, uuid: "u3", parentUuid: "u2" }),
          turn(),
        )),
    },
  ];
}
