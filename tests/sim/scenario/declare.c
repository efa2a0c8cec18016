/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Declarations of a scenario. The larger ones are in the files declare-*.c.
 */
#include "scenario/declare-private.h"

#include <string.h>

/* ---- names */

SimHost *
scenario_take_host(Run *run, ScenarioLine *line, GError **error)
{
    const char *right = "a host; \"host NAME on NETWORK ADDRESS\" before this line makes one";
    const char *word = scenario_line_take(line, right, error);
    SimHost *host = word ? sim_world_find_host(run->world, word) : NULL;

    if (word && !host)
        scenario_line_fail(line, word, right, error);
    return host;
}

SimNet *
scenario_take_net(Run *run, ScenarioLine *line, GError **error)
{
    const char *right = "a network; \"network NAME\" before this line makes one";
    const char *word = scenario_line_take(line, right, error);
    SimNet *net = word ? sim_world_find_net(run->world, word) : NULL;

    if (word && !net)
        scenario_line_fail(line, word, right, error);
    return net;
}

const char *
declare_take_new_name(Run *run, ScenarioLine *line, GError **error)
{
    const char *right = "a new name of letters, digits, - and _";
    const char *word = scenario_line_take(line, right, error);

    if (!word)
        return NULL;
    if (!g_ascii_isalpha(*word) ||
        strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
            strlen(word) ||
        sim_world_find_host(run->world, word) || sim_world_find_net(run->world, word) ||
        sim_world_find_nat(run->world, word)) {
        scenario_line_fail(line, word, right, error);
        return NULL;
    }
    return word;
}

/* ---- lines */

static gboolean
declare_mixtures(Run *run, ScenarioLine *line, GError **error)
{
    const char *right = "native, go-hub, go-leaves or go";

    do {
        const char *word = scenario_line_take(line, right, error);
        Mixture mixture;

        if (!word)
            return FALSE;
        if (!mixture_parse(word, &mixture))
            return scenario_line_fail(line, word, right, error);
        run->mixtures |= (guint8) (1 << mixture);
    } while (scenario_line_peek(line));
    return TRUE;
}

gboolean
scenario_declare(Run *run, ScenarioLine *line, gboolean *known, GError **error)
{
    guint64 number;

    *known = TRUE;
    if (scenario_line_take_if(line, "title") || scenario_line_take_if(line, "include"))
        return TRUE;
    if (scenario_line_take_if(line, "covers")) /* for rule-table */
        return scenario_line_take(line, "a rule of the file \"rules\"", error) != NULL;
    if (scenario_line_take_if(line, "mixtures"))
        return declare_mixtures(run, line, error);
    if (scenario_line_take_if(line, "seeds")) {
        if (!scenario_line_take_number(line, 1000, &number, error))
            return FALSE;
        if (number == 0)
            return scenario_line_fail(line, line->words[line->at - 1], "1 or more", error);
        run->seeds = (guint) number;
        return scenario_line_is_over(line, error);
    }
    if (scenario_line_take_if(line, "network"))
        return declare_network(run, line, error);
    if (scenario_line_take_if(line, "nat"))
        return declare_nat(run, line, error);
    if (scenario_line_take_if(line, "dns"))
        return declare_dns(run, line, error);
    if (scenario_line_take_if(line, "host"))
        return declare_host(run, line, error);
    if (scenario_line_take_if(line, "star"))
        return declare_star(run, line, error);
    if (scenario_line_take_if(line, "profile"))
        return declare_profile(run, line, error);
    if (scenario_line_take_if(line, "peer")) {
        if (!run->profile)
            return scenario_line_fail(line, "peer", "\"profile HOST\" before it", error);
        return scenario_declare_peer(run, run->profile, line, error);
    }
    *known = FALSE;
    return TRUE;
}
