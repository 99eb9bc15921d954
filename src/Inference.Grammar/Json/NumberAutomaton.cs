using System.Numerics;
using Inference.Grammar.Patterns;

namespace Inference.Grammar.Json;

/// <summary>
/// The decimal numbers of a range that are multiples of a number, digit by digit: how what was read compares with each end of the range,
/// and its remainder, is all that must be remembered.
/// </summary>
internal sealed class NumberAutomaton
{
    private const int MaxWholeDigits = 19;
    private const int MaxFractionDigits = 20;

    private readonly bool _isNegative;
    private readonly Bound? _low;
    private readonly Bound? _high;
    private readonly int _divisor;
    private readonly int _divisorScale;
    private readonly int _maxWhole;
    private readonly int _maxFraction;
    private readonly string _lowWhole, _lowFraction, _highWhole, _highFraction;

    private NumberAutomaton(NumberFacet facet, Bound? low, Bound? high, bool isNegative)
    {
        (_low, _high, _isNegative) = (low, high, isNegative);
        (_lowWhole, _lowFraction) = (low?.Value.WholeDigits ?? "", low?.Value.FractionDigits ?? "");
        (_highWhole, _highFraction) = (high?.Value.WholeDigits ?? "", high?.Value.FractionDigits ?? "");
        _divisorScale = facet.MultipleOf?.Scale ?? 0;
        _divisor = (int)(facet.MultipleOf?.Scaled(_divisorScale) ?? 1);
        _maxWhole = Math.Max(MaxWholeDigits, Math.Max(_lowWhole.Length, _highWhole.Length) + 1);
        _maxFraction = facet.IsInteger ? 0
            : facet.MultipleOf is not null ? _divisorScale
            : Math.Max(MaxFractionDigits, Math.Max(_lowFraction.Length, _highFraction.Length) + 2);
    }

    private enum Phase : byte
    {
        Start,
        Zero,
        Whole,
        Point,
        Fraction,
    }

    /// <param name="facet">Without <see cref="NumberFacet.Values"/>.</param>
    /// <param name="budget">For its states.</param>
    /// <returns>Its texts, each number in one of its spellings without an exponent; negative numbers and others apart.</returns>
    public static IEnumerable<CharAutomaton> Create(NumberFacet facet, CompileBudget budget)
    {
        if (facet.MultipleOf is { } divisor && divisor.Scaled(divisor.Scale) > budget.Limits.MaxStates)
            throw new ConstraintException($"{budget.Place} is too large: it counts remainders of more than {budget.Limits.MaxStates}.");

        var zero = new Bound(DecimalNumber.Zero, IsExclusive: false);
        var positive = new NumberAutomaton(facet, Bound.Higher(facet.Minimum, zero), facet.Maximum, isNegative: false);
        var aboveZero = new Bound(DecimalNumber.Zero, IsExclusive: true);
        var negative = new NumberAutomaton(facet, Bound.Higher(facet.Maximum?.Negated, aboveZero), facet.Minimum?.Negated, isNegative: true);
        return new[] { positive, negative }.Where(part => !(part._high?.Value.Sign < 0)).Select(part => part.Explore(budget)).Where(part => !part.IsEmpty);
    }

    private CharAutomaton Explore(CompileBudget budget) => CharAutomaton.Explore<State>(default, Steps, Accepts, budget);

    private IEnumerable<(CodePointSet Set, State Target)> Steps(State state)
    {
        if (_isNegative && !state.HasSign)
        {
            yield return (One('-'), state with { HasSign = true });
            yield break;
        }

        if (state.Phase is Phase.Zero or Phase.Whole && _maxFraction > 0 && IsPossible(Whole(state)))
            yield return (One('.'), Whole(state));
        for (var digit = '0'; digit <= '9'; digit++)
        {
            if (Next(state, digit) is { } next)
                yield return (One(digit), next);
        }
    }

    private State? Next(State state, char digit)
    {
        switch (state.Phase)
        {
            case Phase.Start:
                return Digit(state, digit) with { Phase = digit == '0' ? Phase.Zero : Phase.Whole };
            case Phase.Whole when state.Count < _maxWhole:
                // Longer than the upper bound is greater.
                return _high is not null && state.Count >= _highWhole.Length ? null : Digit(state, digit);
            case Phase.Point or Phase.Fraction when state.Count < _maxFraction:
                var low = state.Low != 0 ? state.Low : digit.CompareTo(DigitAt(_lowFraction, state.Count));
                var high = state.High != 0 ? state.High : digit.CompareTo(DigitAt(_highFraction, state.Count));
                return Simplify(state with { Phase = Phase.Fraction, Count = state.Count + 1, Low = low, High = high, Remainder = Remainder(state, digit) });
            default:
                return null;
        }
    }

    private State Digit(State state, char digit) => state with
    {
        Count = state.Count + 1,
        Low = state.Low == 0 && state.Count < _lowWhole.Length ? digit.CompareTo(_lowWhole[state.Count]) : state.Low,
        High = state.High == 0 && state.Count < _highWhole.Length ? digit.CompareTo(_highWhole[state.Count]) : state.High,
        Remainder = Remainder(state, digit),
    };

    private int Remainder(State state, char digit) => (int)((state.Remainder * 10L + (digit - '0')) % _divisor);

    /// <summary>After the digits before the point: the longer number is the greater one.</summary>
    private State Whole(State state) => Simplify(state with
    {
        Phase = Phase.Point,
        Low = state.Count == _lowWhole.Length ? state.Low : state.Count.CompareTo(_lowWhole.Length),
        High = state.Count == _highWhole.Length ? state.High : state.Count.CompareTo(_highWhole.Length),
        Count = 0,
    });

    private bool IsPossible(State state) => (_low is null || state.Low >= 0) && (_high is null || state.High <= 0);

    /// <summary>What does not matter any more must not tell states apart.</summary>
    private State Simplify(State state) => state with { Low = _low is null ? 1 : Math.Sign(state.Low), High = _high is null ? -1 : Math.Sign(state.High) };

    private bool Accepts(State state)
    {
        if (state.Phase is Phase.Start or Phase.Point)
            return false;
        var end = state.Phase == Phase.Fraction ? state : Whole(state);
        var low = end.Low == 0 && end.Count < _lowFraction.Length ? -1 : end.Low;
        var high = end.High == 0 && end.Count < _highFraction.Length ? -1 : end.High;
        return (_low is not { } lowest || low > 0 || (low == 0 && !lowest.IsExclusive))
            && (_high is not { } highest || high < 0 || (high == 0 && !highest.IsExclusive))
            && (end.Remainder * BigInteger.Pow(10, Math.Max(0, _divisorScale - end.Count)) % _divisor).IsZero;
    }

    private static char DigitAt(string digits, int index) => index < digits.Length ? digits[index] : '0';

    private static CodePointSet One(char character) => CodePointSet.OfRange(character, character);

    /// <param name="HasSign">Whether the minus sign was read.</param>
    /// <param name="Phase">Where in the number.</param>
    /// <param name="Count">Digits before the point, then digits after it.</param>
    /// <param name="Low">How the digits compare with as many of the lower bound.</param>
    /// <param name="High">How the digits compare with as many of the upper bound.</param>
    /// <param name="Remainder">Of the digits as an integer.</param>
    private readonly record struct State(bool HasSign, Phase Phase, int Count, int Low, int High, int Remainder);
}
