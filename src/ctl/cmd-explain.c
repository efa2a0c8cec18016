/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-bus.h"
#include "wl-ctl-error.h"
#include "wl-ctl-facts.h"
#include "wl-ctl-json.h"
#include "wl-ctl-output.h"
#include "wl-ctl-subject.h"
#include "wl-ctl-reasons.h"
#include "wl-ctl-round-trips.h"
#include "wl-ctl-terminal.h"
#include "wl-ctl.h"

#include <stdio.h>
#include <string.h>

#define QUESTIONS 24 /* columns of a question */
#define MAX_NOTE  300

static const struct {
    const char *mark, *member;
    WlStyle style;
} results[] = {
    [WL_STEP_YES] = {"+", "yes", WL_STYLE_GOOD},
    [WL_STEP_NO] = {"-", "no", WL_STYLE_BAD},
    [WL_STEP_OPEN] = {"?", "open", WL_STYLE_DIM},
};

static void
append_step(const WlPage *page, GString *out, guint number, const WlStep *step)
{
    g_auto(GStrv) lines = g_strsplit(step->answer, "\n", -1);
    gboolean aside = page->width >= 2 * QUESTIONS + 16;

    g_string_append_printf(out, "  %u ", number);
    wl_page_append(page, out, results[step->result].style, results[step->result].mark);
    g_string_append_printf(out, " %-*s", aside ? QUESTIONS : 0, step->question);
    for (guint i = 0; lines[i]; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        guint indent = aside ? 6 + QUESTIONS : 6;

        wl_page_append_wrapped(page, text, indent, lines[i]);
        if (i == 0 && !aside)
            g_string_append_c(out, '\n');
        g_string_append(out, i == 0 && aside ? text->str + indent : text->str);
    }
}

static void
print_page(const WlCtlPeer *peer, const WlReasons *reasons)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *state = wl_ctl_get_string(peer->properties, "State");
    g_autofree char *label = wl_ctl_peer_label(peer);
    g_autofree char *shown = wl_ctl_quote(state, MAX_NOTE);
    g_autofree char *reason = wl_ctl_quote(wl_ctl_get_string(peer->properties, "Reason"), MAX_NOTE);
    WlPage page;

    wl_page_init(&page);
    wl_page_append(&page, out, WL_STYLE_TITLE, label);
    g_string_append(out, ": ");
    wl_page_append(&page, out, wl_style_of_state(state), shown);
    g_string_append_c(out, '\n');
    if (*reason)
        wl_page_append_wrapped(&page, out, 2, reason);
    for (guint i = 0; i < reasons->steps->len; i++)
        append_step(&page, out, i + 1, g_ptr_array_index(reasons->steps, i));
    g_string_append(out, "So: ");
    g_string_append_printf(out, "%s.\n", reasons->conclusion);
    for (guint i = 0; i < reasons->advice->len; i++) {
        g_autofree char *line = g_strdup_printf("- %s", (char *) reasons->advice->pdata[i]);

        wl_page_append_wrapped(&page, out, 2, line);
    }
    fputs(out->str, stdout);
}

static void
print_json(const WlCtlProfiles *profiles, const WlCtlProfile *profile, const WlCtlPeer *peer,
           const WlReasons *reasons)
{
    JsonObject *object = json_object_new();
    JsonArray *steps = json_array_new();
    JsonArray *advice = json_array_new();

    json_object_set_string_member(object, "profile", wl_ctl_get_string(profile->link, "Id"));
    json_object_set_string_member(object, "public_key",
                                  wl_ctl_get_string(peer->properties, "PublicKey"));
    json_object_set_string_member(object, "name", wl_ctl_get_string(peer->properties, "Name"));
    json_object_set_string_member(object, "state", wl_ctl_get_string(peer->properties, "State"));
    json_object_set_string_member(object, "reason", wl_ctl_get_string(peer->properties, "Reason"));
    for (guint i = 0; i < reasons->steps->len; i++) {
        const WlStep *step = g_ptr_array_index(reasons->steps, i);
        JsonObject *entry = json_object_new();

        json_object_set_string_member(entry, "question", step->question);
        json_object_set_string_member(entry, "result", results[step->result].member);
        json_object_set_string_member(entry, "answer", step->answer);
        json_array_add_object_element(steps, entry);
    }
    for (guint i = 0; i < reasons->advice->len; i++)
        json_array_add_string_element(advice, reasons->advice->pdata[i]);
    json_object_set_array_member(object, "steps", steps);
    json_object_set_string_member(object, "conclusion", reasons->conclusion);
    json_object_set_array_member(object, "advice", advice);
    wl_ctl_json_add_problems(object, profiles);
    wl_ctl_print_json(object, TRUE);
}

static WlExit
explain(GDBusConnection *bus, WlCtlProfiles *profiles, const WlCtlProfile *profile,
        const WlCtlPeer *peer, gboolean json)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autoptr(GPtrArray) all = NULL;
    g_autoptr(WlReasons) reasons = NULL;
    const WlCtlFacts *facts;

    g_ptr_array_add(list, (gpointer) profile);
    all = wl_ctl_facts_load(bus, list);
    facts = g_ptr_array_index(all, 0);
    /* The rest can be told without them. */
    if (facts->error)
        g_ptr_array_add(profiles->problems, g_error_copy(facts->error));
    reasons = wl_reasons_new(profile, peer, facts->facts, g_get_real_time() / G_USEC_PER_SEC);
    if (json)
        print_json(profiles, profile, peer, reasons);
    else
        print_page(peer, reasons);
    return wl_ctl_profiles_finish(profiles, json);
}

WlExit
wl_cmd_explain(char **arguments)
{
    gboolean json = FALSE;
    g_autofree char *name = NULL;
    const GOptionEntry entries[] = {
        {"profile", 0, 0, G_OPTION_ARG_STRING, &name, "look in this profile alone", "PROFILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "print one JSON document", NULL},
        {NULL},
    };
    g_auto(GStrv) rest = NULL;
    g_auto(WlCtlSubject) subject = {0};
    WlExit result;

    if (!wl_ctl_parse("explain", arguments, entries, 1, &rest))
        return WL_EXIT_USAGE;
    if (!rest[0])
        return wl_ctl_fail_usage(json, "explain", "explain needs the name of a peer");
    result = wl_ctl_subject_load_peer(&subject, name, rest[0], WL_PICK_TO_READ, json);
    if (result != WL_EXIT_OK)
        return result;
    wl_ctl_round_trips_complete(subject.bus, subject.profiles);
    return explain(subject.bus, subject.profiles, subject.profile, subject.peer, json);
}
