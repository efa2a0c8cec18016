/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mixtures of members.
 */
#include "scenario/mixture.h"

#include <string.h>

static const char *const mixtures[] = {"native", "go-hub", "go-leaves", "go"};

const char *
mixture_to_string(Mixture mixture)
{
    return mixtures[mixture];
}

gboolean
mixture_parse(const char *text, Mixture *mixture)
{
    for (guint i = 0; i < MIXTURE_N; i++) {
        if (g_str_equal(text, mixtures[i])) {
            *mixture = i;
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
mixture_take_filter(ScenarioLine *line, Mixture only, gboolean *applies, GError **error)
{
    const char *word = scenario_line_peek(line);
    gboolean last = FALSE;

    *applies = !word || *word != '[';
    if (*applies)
        return TRUE;
    for (guint i = 0; !last; i++) {
        const char *right = "mixtures in brackets, like [native go-hub]";
        g_autofree char *name = NULL;
        Mixture mixture;

        word = scenario_line_take(line, right, error);
        if (!word)
            return FALSE;
        last = g_str_has_suffix(word, "]");
        name = g_strndup(word + (i == 0), strlen(word) - (i == 0) - last);
        if (!mixture_parse(name, &mixture))
            return scenario_line_fail(line, word, right, error);
        *applies |= mixture == only;
    }
    return TRUE;
}
