"""States that query by JSONPath, written anew in JSONata. Pure: definitions in, definitions and diagnostics out.

The law: where the old state succeeds, the new one does the same; where the old one fails because its data is missing,
the new one fails too. Only the error has another name (States.QueryEvaluationError). What keeps to the law on nearly
all data is converted with a warning that says where it does not; what cannot be said in JSONata is refused.
"""
