#include "server_status_view.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"

#include "local_time.hpp"

namespace umsadm::app {
namespace {

std::string short_form(const SurveyedServer& server) {
    if (!server.seen || !server.seen->certificate) return {};
    return ums_id_short(*server.seen->certificate);
}

std::string reason_of(const SurveyedServer& server) {
    if (server.problem) return server.problem->message();
    if (server.seen && !server.seen->fingerprint) return "it has no UMS ID";
    return server.not_running;
}

Cell fingerprint_cell(const SurveyedServer& server, bool full) {
    const auto fingerprint = server.fingerprint();
    if (!fingerprint) return "";
    return full ? Cell(fingerprint->to_string()) : short_fingerprint(*fingerprint);
}

Cell status_cell(const SurveyedServer& server, const std::optional<Fingerprint>& main) {
    const UmsIdStatus status = server.status(main);
    return {std::string(ums_id_status_text(status)), style_of(status)};
}

Cell running_cell(const SurveyedServer& server) {
    return {std::string(server_status_text(server.running)), server.running ? Style::good : Style::bad};
}

Cell time_cell(const SurveyedServer& server) {
    if (!server.time) return "never";
    return {format_local(*server.time), format_utc(*server.time)};
}

Table status_table(const std::vector<SurveyedServer>& servers, const ShownMain& main, SurveyTime time) {
    const bool named = std::any_of(servers.begin(), servers.end(),
                                   [](const SurveyedServer& one) { return one.server.name != one.server.host; });
    constexpr Align k_left = Align::left;
    Table table{{{"NAME", k_left, named ? For::everybody : For::machines},
                 {"Host name"},
                 {"Server status"},
                 {"UMS ID status"},
                 {"UMS ID"},
                 {"UMS ID fingerprint"},
                 {"Seen", k_left, time == SurveyTime::past ? For::everybody : For::machines},
                 {"Reason", k_left, For::machines}},
                {}};
    const auto fingerprint = main.fingerprint();
    for (const SurveyedServer& one : servers) {
        table.rows.push_back({one.server.name, one.server.host, running_cell(one), status_cell(one, fingerprint),
                              short_form(one), fingerprint_cell(one, main.full), time_cell(one), reason_of(one)});
    }
    return table;
}

std::vector<Detail> single_server(const SurveyedServer& one, const ShownMain& main, SurveyTime time) {
    std::vector<Detail> details{
        {"Host name", one.server.host},
        {"Server status", running_cell(one)},
        {"UMS ID status", status_cell(one, main.fingerprint())},
        {"UMS ID", short_form(one)},
        {"UMS ID fingerprint", fingerprint_cell(one, true)},
    };
    if (one.server.name != one.server.host) details.insert(details.begin(), {"Name", one.server.name});
    if (time == SurveyTime::past) details.push_back({"Seen", time_cell(one)});
    return details;
}

}  // namespace

Style style_of(UmsIdStatus status) noexcept {
    switch (status) {
        case UmsIdStatus::main:
        case UmsIdStatus::in_sync: return Style::good;
        case UmsIdStatus::restart_needed: return Style::warning;
        case UmsIdStatus::unknown: return Style::bad;
    }
    return Style::plain;
}

Json server_status_json(const SurveyedServer& server, const std::optional<Fingerprint>& main) {
    const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
    const auto fingerprint = server.fingerprint();
    return {{"name", server.server.name},
            {"host", server.server.host},
            {"main", server.is_main},
            {"server_status", server_status_text(server.running)},
            {"ums_id_status", ums_id_status_text(server.status(main))},
            {"ums_id_short", or_null(short_form(server))},
            {"fingerprint_sha256", fingerprint ? Json(fingerprint->to_string()) : Json()},
            {"reason", or_null(reason_of(server))},
            {"seen", server.time ? Json(format_utc(*server.time)) : Json()}};
}

void show_server_status(Output& out, const std::vector<SurveyedServer>& servers, const ShownMain& main,
                        SurveyTime time) {
    if (servers.size() == 1 && !out.options().machine_readable) {
        out.details(single_server(servers.front(), main, time));
    } else if (!servers.empty()) {
        out.table(status_table(servers, main, time));
    }
    for (const SurveyedServer& one : servers) {
        const std::string reason = reason_of(one);
        if (!reason.empty()) out.note(fmt::format("server {}: {}", in_quotes(one.server.name), reason));
    }
}

}  // namespace umsadm::app
