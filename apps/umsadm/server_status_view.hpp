#pragma once

#include <vector>

#include "json.hpp"
#include "output.hpp"
#include "server_survey.hpp"
#include "ums_id_view.hpp"

namespace umsadm::app {

// How the status of servers is shown: beside their times when these are of the past.
enum class SurveyTime { now, past };

// {"name", "host", "main", "server_status", "ums_id_status", "ums_id_short", "fingerprint_sha256", "reason", "seen"}
Json server_status_json(const SurveyedServer& server, const std::optional<Fingerprint>& main);

// The status table of the UMS Console, in its words; with one server its lines.
void show_server_status(Output& out, const std::vector<SurveyedServer>& servers, const ShownMain& main,
                        SurveyTime time);

Style style_of(UmsIdStatus status) noexcept;

}  // namespace umsadm::app
