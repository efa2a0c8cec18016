/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl explain: why a peer is connected directly or not, or why a profile did not come up.
 */
#include <stdio.h>
#include <string.h>

#include "wl-check-profile.h"
#include "wl-command.h"
#include "wl-display.h"
#include "wl-doctor-show.h"
#include "wl-explanation.h"
#include "wl-json.h"
#include "wl-known-facts.h"
#include "wl-page.h"
#include "wl-print.h"
#include "wl-round-trips.h"

#define TITLES   26 /* columns of a title and the gap after it */
#define MAX_NOTE 300

static const struct {
    const char *mark, *member;
    WlStyle style;
} results[] = {
    [WL_STEP_OK] = {"+", "ok", WL_STYLE_GOOD},
    [WL_STEP_FAIL] = {"-", "fail", WL_STYLE_BAD},
    [WL_STEP_UNKNOWN] = {"?", "unknown", WL_STYLE_DIM},
};

static void
append_step(const WlPage *page, GString *out, guint number, const WlStep *step)
{
    g_auto(GStrv) lines = g_strsplit(step->finding, "\n", -1);
    gboolean aside = page->width >= 2 * TITLES + 16;

    g_string_append_printf(out, "  %u ", number);
    wl_page_append(page, out, results[step->result].style, results[step->result].mark);
    g_string_append_printf(out, " %-*s", aside ? TITLES : 0, step->title);
    for (guint i = 0; lines[i]; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        guint indent = aside ? 6 + TITLES : 6;

        wl_page_append_wrapped(page, text, indent, lines[i]);
        if (i == 0 && !aside)
            g_string_append_c(out, '\n');
        g_string_append(out, i == 0 && aside ? text->str + indent : text->str);
    }
}

static void
print_page(const WlActivePeer *peer, const WlExplanation *explanation)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *state = wl_property_string(peer->properties, "State");
    g_autofree char *label = wl_active_peer_label(peer);
    g_autofree char *shown = wl_display_quote(state, MAX_NOTE);
    g_autofree char *reason =
        wl_display_quote(wl_property_string(peer->properties, "Reason"), MAX_NOTE);
    WlPage page;

    wl_page_init(&page);
    wl_page_append(&page, out, WL_STYLE_TITLE, label);
    g_string_append(out, ": ");
    wl_page_append(&page, out, wl_style_of_state(state), shown);
    g_string_append_c(out, '\n');
    if (*reason)
        wl_page_append_wrapped(&page, out, 2, reason);
    for (guint i = 0; i < explanation->steps->len; i++)
        append_step(&page, out, i + 1, g_ptr_array_index(explanation->steps, i));
    g_string_append(out, "Conclusion: ");
    g_string_append_printf(out, "%s.\n", explanation->conclusion);
    for (guint i = 0; i < explanation->advice->len; i++) {
        g_autofree char *line = g_strdup_printf("- %s", (char *) explanation->advice->pdata[i]);

        wl_page_append_wrapped(&page, out, 2, line);
    }
    fputs(out->str, stdout);
}

static void
print_json(const WlActiveProfiles *profiles, const WlActiveProfile *profile,
           const WlActivePeer *peer, const WlExplanation *explanation)
{
    JsonObject *object = json_object_new();
    JsonArray *steps = json_array_new();
    JsonArray *advice = json_array_new();

    json_object_set_string_member(object, "profile", wl_property_string(profile->link, "Id"));
    json_object_set_string_member(object, "public_key",
                                  wl_property_string(peer->properties, "PublicKey"));
    json_object_set_string_member(object, "name", wl_property_string(peer->properties, "Name"));
    json_object_set_string_member(object, "state", wl_property_string(peer->properties, "State"));
    json_object_set_string_member(object, "reason", wl_property_string(peer->properties, "Reason"));
    for (guint i = 0; i < explanation->steps->len; i++) {
        const WlStep *step = g_ptr_array_index(explanation->steps, i);
        JsonObject *entry = json_object_new();

        json_object_set_string_member(entry, "step", step->title);
        json_object_set_string_member(entry, "result", results[step->result].member);
        json_object_set_string_member(entry, "finding", step->finding);
        json_array_add_object_element(steps, entry);
    }
    for (guint i = 0; i < explanation->advice->len; i++)
        json_array_add_string_element(advice, explanation->advice->pdata[i]);
    json_object_set_array_member(object, "steps", steps);
    json_object_set_string_member(object, "conclusion", explanation->conclusion);
    json_object_set_array_member(object, "advice", advice);
    wl_json_add_problems(object, profiles);
    wl_print_json(object, TRUE);
}

static WlExit
explain(const WlRequest *request)
{
    const WlActiveProfile *profile = request->profile;
    const WlActivePeer *peer = request->peer;
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autoptr(GPtrArray) all = NULL;
    g_autoptr(WlExplanation) explanation = NULL;
    const WlKnownFacts *facts;

    g_ptr_array_add(list, (gpointer) profile);
    all = wl_known_facts_load(request->bus, list);
    facts = g_ptr_array_index(all, 0);
    /* The rest needs no facts. */
    if (facts->error)
        g_ptr_array_add(request->profiles->problems, g_error_copy(facts->error));
    explanation =
        wl_explanation_new(profile, peer, facts->facts, g_get_real_time() / G_USEC_PER_SEC);
    if (request->json)
        print_json(request->profiles, profile, peer, explanation);
    else
        print_page(peer, explanation);
    return wl_active_profiles_finish(request->profiles, request->json);
}

/* A profile that is not active: what an activation would refuse, and how the last one ended. */
static WlExit
explain_stored(const WlRequest *request)
{
    const WlStoredProfile *stored = request->front_end.profile;
    g_autoptr(WlDoctor) doctor = wl_doctor_new();
    g_autofree char *label = wl_display_quote(stored->id, MAX_NOTE);
    g_autofree char *word = wl_display_shell_word(stored->id);
    g_autofree char *remedy = g_strdup_printf(
        "activate it with wirelinkctl up %s; if that fails, sudo wirelinkctl explain %s names the "
        "reason",
        word, word);
    gboolean wrong = FALSE;

    wl_check_profile(doctor, stored, NULL, FALSE);
    /* Other warnings do not prevent it. */
    for (guint i = 0; i < doctor->checks->len; i++) {
        const WlCheck *check = doctor->checks->pdata[i];

        wrong = wrong || check->result == WL_CHECK_FAIL || strcmp(check->name, "activation") == 0;
    }
    if (!wrong)
        wl_doctor_add(doctor, "activation", WL_CHECK_OK, remedy,
                      "%s: nothing is known that prevents its activation", label);
    return wl_doctor_show(doctor, request->json);
}

static WlExit
run(WlRequest *request)
{
    if (!request->peer)
        return explain_stored(request);
    wl_round_trips_complete(request->bus, request->profiles);
    return explain(request);
}

const WlCommand wl_command_explain = {
    .name = "explain",
    .operands = "PEER|PROFILE",
    .summary = "explain why a peer is connected directly or not, or why a profile is not active",
    .wants = WL_WANTS_PEER_OR_STORED,
    .json = TRUE,
    .run = run,
};
