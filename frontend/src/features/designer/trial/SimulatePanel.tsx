import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { useStore } from "zustand";
import { simulate } from "../../../api/client";
import type { Json } from "../../../asl/model";
import { count, t } from "../../../i18n";
import { Code } from "../../../ui/Code";
import { ExecutionStatusPill } from "../../../ui/ExecutionStatus";
import { Form } from "../../../ui/Form";
import { duration } from "../../../ui/format";
import { Refusal } from "../../../ui/Refusal";
import { useStanding } from "../../../ui/useStanding";
import { useWrite } from "../../../ui/useWrite";
import { inputKey } from "../../executions/StartDialog";
import type { LastRun } from "../lastRun";
import type { Designer } from "../store";
import { AnswersOf } from "./Answers";
import { type Answers, answersOfRun, askedOf, bodyOf, unanswered } from "./mocks";
import { type Player, SPEEDS } from "./player";
import { START } from "./start";

const mocksKey = (machine: string) => `treadle:mocks:${machine}`;

function kept(machine: string): Answers {
  try {
    return (JSON.parse(localStorage.getItem(mocksKey(machine)) ?? "{}") ?? {}) as Answers;
  } catch {
    return {};
  }
}

/** The draft as it stands, run on a virtual clock with made-up answers, and played on the graph. */
export function SimulatePanel({
  designer,
  player,
  machine,
  last,
}: {
  designer: Designer;
  player: Player;
  machine: string;
  last: LastRun | null;
}) {
  const graph = useStore(designer, (s) => s.graph);
  const parsed = useStore(designer, (s) => s.parsed);
  const valid = useStore(designer, (s) => s.valid);
  const [typed, setInput] = useState(() => localStorage.getItem(inputKey(machine)));
  // What the last run began with is the likeliest to be wanted here too.
  const input = typed ?? (last === null ? "{}" : JSON.stringify(last.input, null, 2));
  const [answers, setAnswers] = useState<Answers>(() => kept(machine));
  const asked = useMemo(() => (graph ? askedOf(graph, parsed?.value) : []), [graph, parsed]);
  const run = useWrite({
    mutationFn: async () => {
      const body = bodyOf(answers, asked);
      if (!body.ok) throw new Error(t("The answer of {name} is not JSON", { name: body.problem }));
      let value: Json;
      try {
        value = JSON.parse(input.trim() || "{}") as Json;
      } catch {
        throw new Error(t("The input is not JSON"));
      }
      const { text, format } = designer.getState();
      return simulate({
        definition: text,
        format,
        input: value,
        mocks: body.mocks,
        items: body.items,
      });
    },
    onSuccess: (trial) => {
      player.load(trial.events);
      player.play();
      designer.say(t("Simulated: {n} events", { n: trial.events.length }));
    },
  });
  const trial = useStanding(run);
  const put = (next: Answers) => {
    setAnswers(next);
    localStorage.setItem(mocksKey(machine), JSON.stringify(next));
  };
  // A run too long for an answer has told nothing of its way: every Task may be the one.
  const reached = new Set(
    trial ? trial.events.map((event) => event.state ?? "") : asked.map(({ name }) => name),
  );
  const wanting =
    run.error || (trial && trial.status !== "SUCCEEDED") ? unanswered(asked, answers, reached) : [];
  const remembered = answersOfRun(wanting, last);
  return (
    <div className="trial">
      <SpaceBetween size="m">
        <Box color="text-body-secondary">
          {t(
            "Runs the draft as it is, without saving it and without calling anything. Waits take no time.",
          )}
        </Box>
        <Refusal error={run.error} />
        {wanting.length > 0 && (
          <Alert
            type="info"
            action={
              Object.keys(remembered).length > 0 && (
                <Button onClick={() => put({ ...answers, ...remembered })}>
                  {t("Use the answers of the last run")}
                </Button>
              )
            }
          >
            {count(
              wanting.length,
              "Each time, {names} answered {}. Make up an answer for it below.",
              "Each time, {names} answered {}. Make up answers for them below.",
              { names: wanting.join(", ") },
            )}
          </Alert>
        )}
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            className={START}
            variant="primary"
            iconName="caret-right-filled"
            disabled={!valid}
            disabledReason={t("The text has a mistake: mend it first")}
            loading={run.isPending}
            onClick={() => run.mutate()}
          >
            {t("Simulate")}
          </Button>
          {trial && (
            <Button
              onClick={() => {
                run.reset();
                player.clear();
              }}
            >
              {t("Clear")}
            </Button>
          )}
        </SpaceBetween>
        {trial && (
          <div data-simulation={trial.status}>
            <SpaceBetween size="s">
              <SpaceBetween direction="horizontal" size="s">
                <ExecutionStatusPill status={trial.status} />
                <span>
                  {t("after {duration} of virtual time", {
                    duration: duration(trial.milliseconds),
                  })}
                </span>
              </SpaceBetween>
              <Playback player={player} />
              {trial.error && (
                <Alert type="error" header={trial.error}>
                  {trial.cause}
                </Alert>
              )}
              <FormField label={t("Output")} stretch>
                <pre className="payload">{JSON.stringify(trial.output, null, 2)}</pre>
              </FormField>
            </SpaceBetween>
          </div>
        )}
        <FormField label={t("Input")} stretch>
          <div className="code-frame" style={{ height: 110 }}>
            <Code
              value={input}
              format="json"
              label={t("Input of the simulation")}
              onChange={setInput}
            />
          </div>
        </FormField>
        {asked.length > 0 && (
          <FormField
            label={t("Made-up answers")}
            description={t("One for each attempt of a state; the last stands for all further ones")}
            stretch
          >
            <Form
              onSend={run.mutate}
              why={valid ? null : t("The text has a mistake: mend it first")}
            >
              {asked.map(({ name, kind }) => (
                <AnswersOf
                  key={name}
                  name={name}
                  items={kind === "items"}
                  several
                  answers={answers[name] ?? []}
                  onChange={(next) => put({ ...answers, [name]: next })}
                />
              ))}
            </Form>
          </FormField>
        )}
      </SpaceBetween>
    </div>
  );
}

function Playback({ player }: { player: Player }) {
  const at = useStore(player, (s) => s.at);
  const events = useStore(player, (s) => s.events);
  const playing = useStore(player, (s) => s.playing);
  const speed = useStore(player, (s) => s.speed);
  const now = events[at - 1];
  return (
    <div className="playback">
      <div className="playback-row">
        <Button
          variant="icon"
          iconName={playing ? "pause" : "caret-right-filled"}
          ariaLabel={playing ? t("Pause") : t("Play")}
          onClick={() => (playing ? player.pause() : player.play())}
        />
        <Button
          variant="icon"
          iconName="angle-left"
          ariaLabel={t("One event back")}
          onClick={() => player.step(-1)}
        />
        <Button
          variant="icon"
          iconName="angle-right"
          ariaLabel={t("One event on")}
          onClick={() => player.step(1)}
        />
        <input
          type="range"
          min={0}
          max={events.length}
          value={at}
          aria-label={t("Event")}
          onChange={(e) => player.seek(Number(e.target.value))}
        />
        <select
          value={speed}
          aria-label={t("Speed")}
          onChange={(e) => player.setSpeed(Number(e.target.value))}
        >
          {SPEEDS.map((one) => (
            <option key={one} value={one}>{`${one}×`}</option>
          ))}
        </select>
      </div>
      <div className="playback-event">
        {`${at} / ${events.length}`}
        {now ? ` · ${now.type}${now.state ? ` · ${now.state}` : ""}` : ""}
      </div>
    </div>
  );
}
