/** The class of the button that starts a trial: who asks for the panel by a key goes on there. */
export const START = "trial-start";
