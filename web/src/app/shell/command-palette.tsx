import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import { Dialog } from "radix-ui";
import type { ReactNode } from "react";

import { showCommands } from "@/app/shell/command-panel";
import type { ShellPlace } from "@/app/shell/shell";
import { useSignOut } from "@/features/auth/queries";
import { projectRef } from "@/features/projects/project";
import { useFocusBack } from "@/lib/focus-back";
import { useI18n } from "@/lib/i18n/i18n-context";
import { useTheme } from "@/lib/theme";

/** Every place and every action of the frame, by typing a part of its name. */
export default function CommandPalette({ me, organization, project }: ShellPlace) {
  const { t, locale, setLocale } = useI18n();
  const { theme, toggle } = useTheme();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const close = () => showCommands(null);
  const focusBack = useFocusBack();

  const places = project
    ? ([
        ["/p/$project", t("nav.dashboard"), "dashboard zonglan"],
        ["/p/$project/training", t("nav.training"), "training jobs xunlian"],
        ["/p/$project/training/new", t("commands.newJob"), "new training job submit"],
        ["/p/$project/training/studies", t("training.studies"), "studies tuning tiaoyou"],
        ["/p/$project/inference", t("nav.inference"), "inference services deploy tuili"],
        ["/p/$project/simulation", t("nav.simulation"), "simulation environments fangzhen"],
        ["/p/$project/experiments", t("nav.experiments"), "experiments runs shiyan"],
        ["/p/$project/experiments/models", t("models.title"), "models registry moxing"],
        ["/p/$project/agent", t("nav.agent"), "agent zhinengti"],
      ] as const)
    : [];
  const ofOrganization = organization
    ? ([
        ["/o/$org/members", t("commands.members"), "members roles invite"],
        ["/o/$org/projects", t("commands.projects"), "projects"],
        ["/o/$org/usage", t("commands.usage"), "usage quotas limits"],
        ["/o/$org/audit", t("commands.audit"), "audit log events"],
      ] as const)
    : [];
  const own = [
    ["/settings", t("account.settings"), "settings profile name language theme"],
    ["/settings/security", t("commands.security"), "security password sessions sign-in"],
    ["/settings/keys", t("account.keys"), "api keys tokens"],
  ] as const;

  return (
    <Dialog.Root open onOpenChange={close}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={focusBack}
          className="fixed top-[10vh] left-1/2 z-50 w-full max-w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-lg border border-border bg-card shadow-lg"
        >
          <Dialog.Title className="sr-only">{t("commands.open")}</Dialog.Title>
          <Command label={t("commands.open")} loop>
            <Command.Input
              placeholder={t("commands.search")}
              className="h-12 w-full border-b border-border bg-card px-4 placeholder:text-muted-foreground focus-visible:-outline-offset-2"
            />
            <Command.List label={t("commands.list")} className="max-h-[60vh] overflow-y-auto p-2">
              <Command.Empty className="px-2 py-6 text-center text-muted-foreground">
                {t("commands.none")}
              </Command.Empty>
              {project && (
                <Group heading={t("nav.label")}>
                  {places.map(([to, text, words]) => (
                    <Item
                      key={to}
                      words={words}
                      onSelect={() => {
                        close();
                        void navigate({ to, params: { project } });
                      }}
                    >
                      {text}
                    </Item>
                  ))}
                </Group>
              )}
              {organization && (
                <Group heading={organization.name}>
                  {ofOrganization.map(([to, text, words]) => (
                    <Item
                      key={to}
                      words={words}
                      onSelect={() => {
                        close();
                        void navigate({ to, params: { org: organization.slug } });
                      }}
                    >
                      {text}
                    </Item>
                  ))}
                </Group>
              )}
              <Group heading={t("commands.projectsHeading")}>
                {me.projects.map((each) => (
                  <Item
                    key={each.id}
                    words={`${each.slug} ${each.id}`}
                    onSelect={() => {
                      close();
                      void navigate({ to: "/p/$project", params: { project: projectRef(each, me.projects) } });
                    }}
                  >
                    {t("commands.goToProject", { name: each.name })}
                    <span className="text-muted-foreground">
                      {" "}
                      {me.organizations.find(({ id }) => id === each.org_id)?.name}
                    </span>
                  </Item>
                ))}
              </Group>
              <Group heading={t("commands.account")}>
                {own.map(([to, text, words]) => (
                  <Item
                    key={to}
                    words={words}
                    onSelect={() => {
                      close();
                      void navigate({ to });
                    }}
                  >
                    {text}
                  </Item>
                ))}
                {me.is_platform_admin && (
                  <Item
                    words="administration organizations people"
                    onSelect={() => {
                      close();
                      void navigate({ to: "/admin" });
                    }}
                  >
                    {t("account.administration")}
                  </Item>
                )}
                <Item
                  words="dark light theme"
                  onSelect={() => {
                    close();
                    toggle();
                  }}
                >
                  {t(theme === "dark" ? "theme.toLight" : "theme.toDark")}
                </Item>
                <Item
                  words="language chinese english zhongwen 中文"
                  onSelect={() => {
                    close();
                    setLocale(locale === "zh" ? "en" : "zh");
                  }}
                >
                  <span lang={locale === "zh" ? "en" : "zh-CN"}>
                    {locale === "zh" ? "Switch to English" : "切换到中文"}
                  </span>
                </Item>
                <Item words="keyboard shortcuts help" onSelect={() => showCommands("shortcuts")}>
                  {t("commands.shortcuts")}
                </Item>
                <Item
                  words="sign out log out"
                  onSelect={() => {
                    close();
                    signOut.mutate(undefined, { onSuccess: () => void navigate({ to: "/sign-in" }) });
                  }}
                >
                  {t("auth.signOut")}
                </Item>
              </Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="mb-2 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted-foreground"
    >
      {children}
    </Command.Group>
  );
}

interface ItemProps {
  /** Other words by which it is found. */
  words: string;
  onSelect: () => void;
  children: ReactNode;
}

function Item({ words, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      keywords={words.split(" ")}
      onSelect={onSelect}
      className="min-h-9 cursor-pointer rounded-md px-2 py-2 data-[selected=true]:bg-muted"
    >
      {children}
    </Command.Item>
  );
}
