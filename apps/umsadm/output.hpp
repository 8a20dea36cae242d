#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/finding.hpp"

#include "json.hpp"
#include "table.hpp"

namespace umsadm::app {

enum class ColorMode { automatic, always, never };

struct OutputOptions {
    bool json = false;
    bool machine_readable = false;
    std::string separator = ";";
    bool header = true;
    bool quiet = false;
    bool verbose = false;
    ColorMode color = ColorMode::automatic;
};

// A label and what belongs to it, as detail views show them.
struct Detail {
    std::string label;
    Cell value;
};

// Everything that the program says. Results go to standard output, all else to standard error.
//
// A command gives its result in every form: result() for --json, and text(), table() or details() for the others, which
// are silent with --json. What is no result is said with note(), verbose() or warning(): also from several threads at
// once, while nobody gives a result.
class Output {
public:
    explicit Output(OutputOptions options);
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    const OutputOptions& options() const noexcept { return m_options; }
    bool json() const noexcept { return m_options.json; }
    // Whether text() is seen by anybody.
    bool for_people() const noexcept { return !m_options.json && !m_options.machine_readable && !m_options.quiet; }

    // The "result" of the JSON document; the last one counts.
    void result(Json value);
    bool has_result() const noexcept { return m_result != nullptr; }

    void text(std::string_view line = {});  // a line for people only
    void table(const Table& table);         // aligned for people, or rows for machines
    void details(const std::vector<Detail>& details);
    void findings(const Findings& findings);  // one a line
    // Once in a run, that "umsadm explain" knows more about the first error among them. findings() does it too.
    void hint_at_explain(const Findings& findings);
    void raw(ByteView bytes);              // what "-o -" wrote: not silenced by anything
    void raw_text(std::string_view text);  // help and version

    void note(std::string_view line);     // progress, reminders; "\n" begins a new line
    void warning(std::string_view line);  // "umsadm: warning: ..."
    void verbose(std::string_view line);  // with --verbose only
    void error(const Error& error);       // message, frames and hint; never silenced

    // Writes the JSON document of the run: the result, or the error when there is no result.
    void document(std::string_view command, const Error* error);
    // Throws Code::failed when not everything could be written to standard output.
    void flush();

private:
    void write_error_line(std::string_view line);

    OutputOptions m_options;
    bool m_color_out = false;
    bool m_color_err = false;
    bool m_one_terminal = false;
    bool m_hinted_at_explain = false;
    std::unique_ptr<Json> m_result;
    std::string m_buffer;
    std::mutex m_error_line;
};

// {"severity", "code", "text"} of each.
Json findings_json(const Findings& findings);
// {"code", "message", "hint", "while"}
Json error_json(const Error& error);

}  // namespace umsadm::app
