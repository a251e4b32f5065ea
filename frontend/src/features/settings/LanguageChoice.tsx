import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import { useEffect, useRef } from "react";
import { chooseLanguage, LANGUAGES, type Language, language, t, wasJustChosen } from "../../i18n";

const OPTIONS = LANGUAGES.map(({ id, name }) => ({ value: id, label: name, lang: id }));

export function LanguageChoice() {
  const select = useRef<SelectProps.Ref>(null);
  useEffect(() => {
    if (wasJustChosen()) select.current?.focus();
  }, []);
  return (
    <Container header={<Header variant="h2">{t("Appearance")}</Header>}>
      <FormField
        label={t("Language")}
        description={t("Kept in this browser; the page is loaded again")}
      >
        <Select
          ref={select}
          selectedOption={OPTIONS.find((option) => option.value === language) ?? null}
          options={OPTIONS}
          onChange={(e) => chooseLanguage(e.detail.selectedOption.value as Language)}
        />
      </FormField>
    </Container>
  );
}
