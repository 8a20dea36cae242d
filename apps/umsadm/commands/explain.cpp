#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/pki/rule_book.hpp"

#include "../context.hpp"
#include "../suggestion.hpp"
#include "../text_width.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_rule_width = 90;

struct ExplainOptions {
    std::string code;
};

Json rule_json(const Rule& rule) {
    return {{"code", rule.code},    {"severity", severity_name(rule.severity)}, {"rule", rule.rule},
            {"cause", rule.cause},  {"consequence", rule.consequence},          {"remedy", rule.remedy},
            {"source", rule.source}};
}

const Rule& rule_named(const std::string& code) {
    if (const Rule* rule = find_rule(to_lower(code))) return *rule;
    std::vector<std::string> codes;
    for (const Rule& rule : rule_book()) codes.emplace_back(rule.code);
    const std::string near = nearest(to_lower(code), codes);
    throw Error(Code::not_found, fmt::format("no finding has the code {}", in_quotes(code)),
                near.empty() ? "\"umsadm explain\" lists all codes"
                             : fmt::format("did you mean \"{}\"? \"umsadm explain\" lists all codes", near));
}

void explain(Output& out, const Rule& rule) {
    out.result(rule_json(rule));
    out.text(fmt::format("{} ({})", rule.code, severity_name(rule.severity)));
    out.details({{"Rule", std::string(rule.rule)},
                 {"Cause", std::string(rule.cause)},
                 {"Consequence", std::string(rule.consequence)},
                 {"Remedy", std::string(rule.remedy)},
                 {"Source", std::string(rule.source)}});
}

void list_codes(Output& out) {
    Json items = Json::array();
    Table table{{{"CODE"}, {"SEVERITY"}, {"RULE"}}, {}};
    for (const Rule& rule : rule_book()) {
        items.push_back(rule_json(rule));
        const std::string text(rule.rule);
        table.rows.push_back({std::string(rule.code), std::string(severity_name(rule.severity)),
                              Cell(shortened(text, k_rule_width), text)});
    }
    out.result({{"items", std::move(items)}});
    out.table(table);
}

ExitCode run_explain(const ExplainOptions& options, Context& ctx) {
    if (options.code.empty()) {
        list_codes(ctx.out);
    } else {
        explain(ctx.out, rule_named(options.code));
    }
    return ExitCode::done;
}

}  // namespace

void add_explain(Command& root) {
    const auto options = std::make_shared<ExplainOptions>();
    root.command("explain", "Explain a finding: the rule, its cause, what it does to devices, what to do")
        .describe(
            "Every check names what it finds by a code. This says more about one of them, or lists all codes with the "
            "gravest severity that they can have. No site is needed.")
        .argument("CODE", "the code of a finding", into(options->code), Need::optional)
        .example("umsadm explain host-missing", "what it means, and what to do")
        .example("umsadm explain", "all codes")
        .run([options](Context& ctx) { return run_explain(*options, ctx); });
}

}  // namespace umsadm::app
