using System.Globalization;
using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.Normalization;

/// <summary>
/// The data of Unicode normalization (UAX #15). It is our own because the product runs without ICU (InvariantGlobalization), where
/// string.Normalize leaves text as it is. Hangul syllables are computed (Unicode Standard, section 3.12) and are not in the tables.
/// </summary>
internal sealed class UnicodeDecompositions
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int Vowels = 21;
    private const int Trails = 28;
    private const int HangulCount = 19 * Vowels * Trails;

    private static readonly Lazy<UnicodeDecompositions> LazyShared = new(() => new UnicodeDecompositions());

    private readonly Dictionary<int, byte> _combiningClasses = [];
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<(int, int), int> _compositions = [];

    private UnicodeDecompositions()
    {
        using Stream stream = typeof(UnicodeDecompositions).Assembly.GetManifestResourceStream("UnicodeDecompositions.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ');
            switch (parts[0])
            {
                case "z":
                    AddClass(byte.Parse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), parts.AsSpan(2));
                    break;
                case "c" or "d" or "k":
                    AddMapping(parts[0], Hex(parts[1]), [.. parts.Skip(2).Select(Hex)]);
                    break;
            }
        }
        UnstableSets = [.. Enum.GetValues<UnicodeForm>().Select(FindUnstable)];
    }

    public static UnicodeDecompositions Shared => LazyShared.Value;

    /// <summary>
    /// Per <see cref="UnicodeForm"/> the code points that may change, or change their neighbours, when a text is normalized.
    /// </summary>
    public CodePointSet[] UnstableSets { get; }

    public byte CombiningClass(int codePoint) => _combiningClasses.GetValueOrDefault(codePoint);

    /// <summary>Appends the full decomposition of one code point, itself when it has none.</summary>
    public void Decompose(int codePoint, bool compatible, List<int> result)
    {
        int hangul = codePoint - HangulBase;
        if (hangul is >= 0 and < HangulCount)
        {
            result.Add(LeadBase + hangul / (Vowels * Trails));
            result.Add(VowelBase + hangul % (Vowels * Trails) / Trails);
            if (hangul % Trails != 0)
                result.Add(TrailBase + hangul % Trails);
            return;
        }
        if (_canonical.TryGetValue(codePoint, out int[]? mapping) || (compatible && _compatible.TryGetValue(codePoint, out mapping)))
        {
            foreach (int part in mapping)
                Decompose(part, compatible, result);
            return;
        }
        result.Add(codePoint);
    }

    /// <summary>The code point that two compose to, or -1.</summary>
    public int Compose(int first, int second)
    {
        if (first - LeadBase is >= 0 and < 19 && second - VowelBase is >= 0 and < Vowels)
            return HangulBase + ((first - LeadBase) * Vowels + (second - VowelBase)) * Trails;
        int hangul = first - HangulBase;
        if (hangul is >= 0 and < HangulCount && hangul % Trails == 0 && second - TrailBase is > 0 and < Trails)
            return first + (second - TrailBase);
        return _compositions.TryGetValue((first, second), out int composed) ? composed : -1;
    }

    private CodePointSet FindUnstable(UnicodeForm form)
    {
        List<(int, int)> ranges = [.. _combiningClasses.Keys.Select(One)];
        bool composes = form is UnicodeForm.Nfc or UnicodeForm.Nfkc;
        if (composes)
        {
            HashSet<int> composed = [.. _compositions.Values];
            ranges.AddRange(_canonical.Keys.Where(code => !composed.Contains(code)).Select(One));
            ranges.AddRange(_compositions.Keys.Select(pair => One(pair.Item2)));
            ranges.AddRange([(VowelBase, VowelBase + Vowels - 1), (TrailBase + 1, TrailBase + Trails - 1)]);
        }
        else
        {
            ranges.AddRange(_canonical.Keys.Select(One));
            ranges.Add((HangulBase, HangulBase + HangulCount - 1));
        }
        if (form is UnicodeForm.Nfkc or UnicodeForm.Nfkd)
        {
            // A canonical mapping may lead to a code point that has a compatible one.
            ranges.AddRange(_canonical.Keys.Where(code => !FullMapping(code, true).SequenceEqual(FullMapping(code, false))).Select(One));
            ranges.AddRange(_compatible.Keys.Select(One));
        }
        return CodePointSet.OfRanges([.. ranges]);
    }

    private List<int> FullMapping(int codePoint, bool compatible)
    {
        List<int> mapping = [];
        Decompose(codePoint, compatible, mapping);
        return mapping;
    }

    private static (int, int) One(int codePoint) => (codePoint, codePoint);

    private void AddClass(byte value, ReadOnlySpan<string> runs)
    {
        foreach (string run in runs)
        {
            string[] ends = run.Split('-');
            for (int codePoint = Hex(ends[0]); codePoint <= Hex(ends[^1]); codePoint++)
                _combiningClasses[codePoint] = value;
        }
    }

    private void AddMapping(string kind, int codePoint, int[] mapping)
    {
        (kind == "k" ? _compatible : _canonical)[codePoint] = mapping;
        if (kind == "c")
            _compositions[(mapping[0], mapping[1])] = codePoint;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
