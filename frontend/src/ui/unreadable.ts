import { t } from "../i18n";

/** Why a file that was chosen or dropped brings nothing: it has gone or changed since, or is a folder. */
export function unreadable(file: File): Error {
  return new Error(
    t("{name} could not be read: it has been changed or moved, or it is a folder", {
      name: file.name,
    }),
  );
}
