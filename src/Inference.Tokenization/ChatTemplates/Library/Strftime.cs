using System.Globalization;
using System.Text;
using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>C's strftime in the C locale, with glibc's flags (<c>%-d</c>, <c>%_d</c>, <c>%^a</c>), of a time without a zone.</summary>
internal static class Strftime
{
    public static string Format(RenderContext context, string format, DateTimeOffset time)
    {
        const int LongestField = 64;
        context.ChargeText((long)format.Length * LongestField);
        var output = new StringBuilder();
        Append(output, format, time);
        return output.ToString();
    }

    private static void Append(StringBuilder output, string format, DateTimeOffset time)
    {
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                output.Append(format[i]);
                continue;
            }

            var flag = format[i + 1] is '-' or '_' or '0' or '^' && i + 2 < format.Length ? format[++i] : '\0';
            var field = Field(format[++i], time);
            output.Append(field is null ? "%" + (flag == '\0' ? "" : flag) + format[i] : WithFlag(field, flag));
        }
    }

    private static string WithFlag(string field, char flag) => flag switch
    {
        '-' when field.Length > 1 => field[..^1].TrimStart('0', ' ') + field[^1],
        '_' when field.Length > 1 => (field[..^1].TrimStart('0') + field[^1]).PadLeft(field.Length),
        '0' => field.Replace(' ', '0'),
        '^' => field.ToUpperInvariant(),
        _ => field,
    };

    private static string? Field(char directive, DateTimeOffset t)
    {
        var hour12 = t.Hour % 12 == 0 ? 12 : t.Hour % 12;
        return directive switch
        {
            'a' => Text(t, "ddd"),
            'A' => Text(t, "dddd"),
            'b' or 'h' => Text(t, "MMM"),
            'B' => Text(t, "MMMM"),
            'c' => $"{Text(t, "ddd MMM")} {t.Day,2} {Text(t, "HH:mm:ss yyyy")}",
            'C' => $"{t.Year / 100:00}",
            'd' => $"{t.Day:00}",
            'D' or 'x' => Text(t, "MM'/'dd'/'yy"),
            'e' => $"{t.Day,2}",
            'f' => Text(t, "ffffff"),
            'F' => Text(t, "yyyy-MM-dd"),
            'g' => $"{ISOWeek.GetYear(t.DateTime) % 100:00}",
            'G' => $"{ISOWeek.GetYear(t.DateTime)}",
            'H' => $"{t.Hour:00}",
            'I' => $"{hour12:00}",
            'j' => $"{t.DayOfYear:000}",
            'k' => $"{t.Hour,2}",
            'l' => $"{hour12,2}",
            'm' => $"{t.Month:00}",
            'M' => $"{t.Minute:00}",
            'n' => "\n",
            'p' => t.Hour < 12 ? "AM" : "PM",
            'P' => t.Hour < 12 ? "am" : "pm",
            'r' => $"{hour12:00}{Text(t, "':'mm':'ss")} {(t.Hour < 12 ? "AM" : "PM")}",
            'R' => Text(t, "HH':'mm"),
            's' => $"{t.ToUnixTimeSeconds()}",
            'S' => $"{t.Second:00}",
            't' => "\t",
            'T' or 'X' => Text(t, "HH':'mm':'ss"),
            'u' => $"{(t.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)t.DayOfWeek)}",
            'U' => $"{(t.DayOfYear + 6 - (int)t.DayOfWeek) / 7:00}",
            'V' => $"{ISOWeek.GetWeekOfYear(t.DateTime):00}",
            'w' => $"{(int)t.DayOfWeek}",
            'W' => $"{(t.DayOfYear + 6 - (((int)t.DayOfWeek + 6) % 7)) / 7:00}",
            'y' => $"{t.Year % 100:00}",
            'Y' => $"{t.Year}",
            'z' or 'Z' => "",
            '%' => "%",
            _ => null,
        };
    }

    private static string Text(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);
}
